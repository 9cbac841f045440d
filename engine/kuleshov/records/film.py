"""The film file: its coding, its tracks, its length."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ColorDescription:
    """The meaning of the stream's numbers; names as FFmpeg prints them. See ``media.color.ColorSpec``."""

    matrix: str
    range: str
    transfer: str
    primaries: str


@dataclass(frozen=True)
class AudioTrack:
    """The format of one sound track."""

    stream_index: int
    codec: str
    channels: int
    layout: str
    sample_rate: int
    language: str | None
    title: str | None = None
    flags: tuple[str, ...] = ()  # FFmpeg's dispositions: "default", "comment", "original", ...


@dataclass(frozen=True)
class SubtitleTrack:
    """One subtitle track; ``text``: whether it has text (picture subtitles do not)."""

    stream_index: int
    codec: str
    language: str | None
    text: bool
    title: str | None = None
    flags: tuple[str, ...] = ()  # FFmpeg's dispositions: "default", "forced", "hearing_impaired", ...


@dataclass(frozen=True)
class Loudness:
    """The loudness of a whole sound track (EBU R 128). ``None`` if all of it is below the gate, or it is too short."""

    integrated_lufs: float | None
    range_lu: float | None
    true_peak_dbtp: float  # at least -100


_ROUNDING_FRAMES = 0.1  # of a film's length


@dataclass(frozen=True)
class Film:
    """The film and its file. ``width`` and ``height`` are as displayed: after rotation and sample aspect ratio."""

    content_id: str
    title: str
    source: str
    container: str
    duration_seconds: float
    frame_count: int
    width: int
    height: int
    coded_width: int
    coded_height: int
    frame_rate: float
    frame_rate_exact: str  # "24000/1001"
    variable_frame_rate: bool
    sample_aspect_ratio: str  # "1:1"
    rotation_degrees: int  # clockwise turn that a player applies: 0, 90, 180, 270
    interlaced: bool
    codec: str
    pixel_format: str
    bit_depth: int
    color: ColorDescription
    picture_area: tuple[int, int, int, int]  # x, y, width, height in coded pixels: the picture without its bars
    video_stream_index: int
    video_stream_count: int
    audio_tracks: list[AudioTrack]
    subtitle_tracks: list[SubtitleTrack]
    size_bytes: int
    loudness: Loudness | None = None  # of the analysed sound track
    # From the catalogue file beside the film, else from the container's tags.
    year: int | None = None  # of release
    director: str | None = None  # several with commas
    country: str | None = None  # several with commas
    language: str | None = None  # of the dialogue
    genre: str | None = None  # several with commas
    timecode: str | None = None  # of the first frame, as the file states it: "10:23:45:12"; drop-frame "10:23:45;12"

    def numbered_by_time(self, first_seconds: float) -> bool:
        """Return whether frames get timecodes by their times: the rate is variable, or frames are missing.

        ``first_seconds``: when the first frame is shown. Frames are missing where the film lasts a frame or more longer
        than its frames do at their rate.
        """
        if self.variable_frame_rate:
            return True
        frames = (self.duration_seconds - first_seconds) * self.frame_rate
        return frames - self.frame_count >= 1 - _ROUNDING_FRAMES


def printable(name: str) -> str:
    """Return a file's name as text that can be stored: bytes that are not UTF-8 become escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
