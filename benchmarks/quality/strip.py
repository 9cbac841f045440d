"""Draw the frames around a spot of a film, to see why a transition was missed or reported.

    python benchmarks/quality/strip.py FILM FRAME out.png [--reach 20] [--step 1]

The frame asked for has a red border; numbers are frame numbers as in the truth files.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image, ImageDraw

COLUMNS = 10
THUMBNAIL_WIDTH = 160


def strip(film: Path, frame_number: int, *, reach: int = 20, step: int = 1) -> Image.Image:
    """Return a sheet of every ``step``-th frame from ``reach`` steps before the spot to as many after it."""
    import av

    first, last = frame_number - reach * step, frame_number + reach * step
    wanted = {number for number in range(first, last + 1, step) if number >= 0}
    thumbnails: list[Image.Image] = []
    with av.open(str(film), metadata_errors="replace") as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                height = round(THUMBNAIL_WIDTH * frame.height / frame.width)
                thumbnail = frame.reformat(THUMBNAIL_WIDTH, height, "rgb24").to_image()
                draw = ImageDraw.Draw(thumbnail)
                draw.text((4, 2), str(number), fill="yellow", stroke_width=1, stroke_fill="black")
                if number == frame_number:
                    draw.rectangle((0, 0, THUMBNAIL_WIDTH - 1, height - 1), outline="red", width=3)
                thumbnails.append(thumbnail)
            if number > last:
                break
    if not thumbnails:
        raise SystemExit(f"{film} ends before frame {first}: ask for an earlier one")
    height = thumbnails[0].height
    sheet = Image.new("RGB", (COLUMNS * THUMBNAIL_WIDTH, -(-len(thumbnails) // COLUMNS) * height))
    for place, thumbnail in enumerate(thumbnails):
        sheet.paste(thumbnail, (place % COLUMNS * THUMBNAIL_WIDTH, place // COLUMNS * height))
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", type=Path)
    parser.add_argument("frame", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--reach", type=int, default=20, help="frames shown before and after")
    parser.add_argument("--step", type=int, default=1, help="show every n-th frame only")
    arguments = parser.parse_args()
    strip(arguments.film, arguments.frame, reach=arguments.reach, step=arguments.step).save(arguments.out)


if __name__ == "__main__":
    main()
