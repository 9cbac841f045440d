"""What all pictures share: colours, a font, text that fits, and PNG files."""

from __future__ import annotations

import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

PAPER, INK, FAINT, MARK = "#14161a", "#e8e6e1", "#9a978f", "#ffcf5c"
#: Fonts that cover more scripts than Pillow's own; the first one installed is used.
_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial.ttf")


@cache
def font(size: int) -> Any:
    """Return a Pillow font of ``size`` pixels."""
    from PIL import ImageFont

    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def truncated(draw: ImageDraw, text: str, *, size: int, width: int) -> str:
    """Return as much of a text as fits into ``width`` pixels, with an ellipsis where it was cut off."""
    if draw.textlength(text, font=font(size)) <= width:
        return text
    while text and draw.textlength(text + "…", font=font(size)) > width:
        text = text[:-1]
    return text.rstrip(" ,·") + "…"


def wrapped(draw: ImageDraw, text: str, *, size: int, width: int) -> list[str]:
    """Return a text in lines no wider than ``width`` pixels, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and draw.textlength(longer, font=font(size)) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def png(picture: Image) -> bytes:
    """Return a picture as a PNG file."""
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def svg_as_png(svg: str, *, zoom: float = 2.0) -> bytes:
    """Return an SVG document rendered as a PNG file, ``zoom`` pixels for each unit; text in ``font``."""
    import resvg_py

    chosen = font(12)
    family = chosen.getname()[0]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(chosen.path) if isinstance(chosen.path, str) else Path(folder) / "font"
        if not isinstance(chosen.path, str):  # Pillow's own has no file
            file.write_bytes(chosen.font_bytes)
        drawn = resvg_py.svg_to_bytes(
            svg_string=svg, zoom=zoom, skip_system_fonts=True, font_files=[str(file)], sans_serif_family=family
        )
    return bytes(drawn)
