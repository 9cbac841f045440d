"""What a file is, read from its headers and its first frames: streams, times, geometry, colour, tracks."""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuleshov.errors import MediaError
from kuleshov.media.color import ColorSpec, color_spec
from kuleshov.media.container_crop import NO_CROP, Crop, container_crop
from kuleshov.media.timeline import Timeline
from kuleshov.records import AudioTrack, ColorDescription, SubtitleTrack

if TYPE_CHECKING:
    import av.container
    import av.video.frame
    import av.video.stream

_TEXT_SUBTITLES = frozenset({"subrip", "srt", "mov_text", "ass", "ssa", "webvtt", "text", "ttml", "eia_608"})
#: Subtitles that are pictures: they would have to be recognised before they could be read.
PICTURE_CODECS = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
_NOT_FILMS = frozenset({"tty", "image2", "lrc"})  # formats under which FFmpeg reads text files and stills
_STILL, _STILL_ENDING = "image2", "_pipe"  # those of them, and the end of the names of others, that hold a still
_COLOR_RANGE = {0: "unspecified", 1: "limited", 2: "full"}
_OWN_HANDLER = re.compile(r"handler|core media|gpac|isomedia|[^ -~]|^$", re.IGNORECASE)
#: What a file may refer to (play lists): other local files, never the network.
LOCAL_ONLY = {"protocol_whitelist": "file,crypto,data"}
_FIRST_STAMPS, _FEW_STAMPS = 13, 4  # packets whose time stamps tell whether the first one is wrong
_DURATION = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")
_HIGHEST_RATE = 1000  # frames a second
_PROBE_PACKETS = 400  # packets to look through for the first frame that decodes


@dataclass(frozen=True)
class MediaInfo:
    """A file that can be decoded: everything that the decoders, sound and subtitle readers need to know."""

    path: Path
    container: str
    size_bytes: int
    start_seconds: Fraction  # container start time: subtracted from every stream time
    duration_seconds: float | None  # as the header states it; see ``duration_of_pictures``
    video_stream_index: int
    video_stream_count: int
    time_base: Fraction
    frame_rate: Fraction | None
    codec: str
    pixel_format: str
    bit_depth: int
    coded_width: int
    coded_height: int
    sample_aspect_ratio: Fraction
    rotation_degrees: int  # clockwise, 0 | 90 | 180 | 270
    interlaced: bool
    color: ColorSpec
    color_description: ColorDescription
    audio_tracks: tuple[AudioTrack, ...]
    subtitle_tracks: tuple[SubtitleTrack, ...]
    tags: tuple[tuple[str, str], ...] = ()  # of the container, as FFmpeg names them
    mirrored: bool = False  # left and right are swapped before the picture is turned
    crop: Crop = NO_CROP  # of the coded picture, as the container states it
    duration_of_pictures: bool = False  # else that of the longest track
    undecodable_sound: tuple[int, ...] = ()  # stream indexes of sound tracks without a decoder
    timecode: str | None = None  # of the first frame, as the file states it
    gop_timecode: str | None = None  # of the first frame, as its group of pictures (MPEG-2) states it

    @property
    def timeline(self) -> Timeline:
        return Timeline(self.time_base, self.start_seconds)

    @property
    def shown_area(self) -> tuple[int, int, int, int]:
        """The part of the coded picture that is shown: x, y, width, height; x is counted after mirroring."""
        left, top, right, bottom = self.crop
        width, height = self.coded_width - left - right, self.coded_height - top - bottom
        return (right if self.mirrored else left, top, width, height)

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height as a player shows them: cropped, sample aspect ratio applied, then rotated."""
        _, _, shown_width, height = self.shown_area
        width = round(shown_width * self.sample_aspect_ratio)
        return (height, width) if self.rotation_degrees in (90, 270) else (width, height)


def file_url(path: str | Path) -> str:
    """Return a path as FFmpeg must be given it to read that file: a colon in a name may mean a protocol otherwise."""
    return f"file:{path}"


def open_media(path: Path, **options: Any) -> av.container.InputContainer:
    """Open a file with FFmpeg; ``options`` are further ones of ``av.open``.

    Only local files are read, whatever the file's name or a play list in it says. Raises ``MediaError`` with one line
    that says what is wrong with the file.
    """
    import av

    if not path.exists():
        raise MediaError(path, "no such file", remedy="check the path")
    if path.is_dir():
        raise MediaError(path, "is a folder", remedy="name a file inside it")
    try:
        if path.stat().st_size == 0:
            raise MediaError(path, "the file is empty", remedy="copy it again from its source")
        container: av.container.InputContainer = av.open(
            file_url(path), options=dict(LOCAL_ONLY), metadata_errors="replace", **options
        )
        return container
    except (av.error.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(
            path, f"not a readable media file: {reason}", remedy="check that it is a film and not cut short"
        ) from error


def probe(path: Path, *, stills: bool = False) -> MediaInfo:
    """Read what a file is. ``stills`` takes a picture file as well, as a film of one frame.

    The first frame is decoded, because rotation, interlacing and true colour often stand only there.
    Raises ``MediaError`` where there is no video stream or none of its frames can be decoded.
    """
    with open_media(path) as container:
        name = container.format.name
        still = name == _STILL or name.endswith(_STILL_ENDING)
        if (name in _NOT_FILMS or still) and not (still and stills):
            raise MediaError(path, f"not a film (FFmpeg reads it as {name})", remedy="name a video file")
        stream = choose_video(container)
        if stream is None:
            raise MediaError(path, "no video stream", remedy="Kuleshov describes films; sound alone is not supported")
        frame, stamps = _first_frame(container, stream)
        if frame is None:
            raise MediaError(path, f"no frame of its {_codec(stream)} video could be decoded", remedy="check the file")
        info = describe_media(container, stream, frame, path=path, size_bytes=path.stat().st_size)
        return replace(info, start_seconds=_start_seconds(container, stream, stamps))


def sound_alone(path: Path) -> tuple[tuple[AudioTrack, ...], Fraction] | None:
    """Return the sound tracks of a file without pictures, and when it starts; ``None`` where it has pictures.

    A cover is no picture. Raises ``MediaError`` where the file can't be read.
    """
    with open_media(path) as container:
        if choose_video(container) is not None:
            return None
        tracks = tuple(audio_track(audio) for audio in container.streams.audio if audio.codec_context)
        return tracks, Fraction(container.start_time or 0, 1_000_000)


def choose_video(container: av.container.InputContainer) -> av.video.stream.VideoStream | None:
    """Return the video stream to describe: FFmpeg's best one, but no cover picture. None if there is none."""
    videos = _videos(container)
    best = container.streams.best("video")
    return best if best in videos else videos[0] if videos else None


def describe_media(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    frame: av.video.frame.VideoFrame,
    *,
    path: Path,
    size_bytes: int,
) -> MediaInfo:
    """Return what an open input is, of whose video ``stream`` the first ``frame`` is decoded."""
    of_pictures = _picture_seconds(container, stream)
    rotation_degrees, mirrored = _orientation(frame)
    return MediaInfo(
        path=path,
        container=container.format.name,
        size_bytes=size_bytes,
        start_seconds=Fraction(container.start_time or 0, 1_000_000),
        duration_seconds=of_pictures or (container.duration / 1_000_000 if container.duration else None),
        duration_of_pictures=of_pictures is not None,
        video_stream_index=stream.index,
        video_stream_count=len(_videos(container)),
        time_base=Fraction(stream.time_base or Fraction(1, 1000)),
        frame_rate=_rate(stream),
        codec=_codec(stream),
        pixel_format=frame.format.name,
        bit_depth=max(component.bits for component in frame.format.components),
        coded_width=frame.width,
        coded_height=frame.height,
        sample_aspect_ratio=Fraction(stream.sample_aspect_ratio or 1) or Fraction(1),
        rotation_degrees=rotation_degrees,
        mirrored=mirrored,
        interlaced=frame.interlaced_frame,
        color=color_spec(
            matrix=frame.colorspace,
            range=frame.color_range,
            transfer=frame.color_trc,
            pixel_format=frame.format.name,
            height=frame.height,
            primaries=frame.color_primaries,
        ),
        color_description=_describe_color(frame),
        audio_tracks=tuple(audio_track(audio) for audio in container.streams.audio if audio.codec_context),
        undecodable_sound=tuple(audio.index for audio in container.streams.audio if not audio.codec_context),
        subtitle_tracks=tuple(subtitle_track(track) for track in container.streams.subtitles),
        tags=tuple(container.metadata.items()),
        crop=container_crop(
            path,
            container=container.format.name,
            track_id=stream.id,
            order=_videos(container).index(stream),
            width=frame.width,
            height=frame.height,
        ),
        timecode=_timecode(container, stream, frame),
        gop_timecode=_side_timecode(frame, "GOP_TIMECODE"),
    )


def _picture_seconds(container: av.container.InputContainer, stream: Any) -> float | None:
    """When the pictures end, by the header of their stream; ``None`` if it does not say so."""
    start = Fraction(container.start_time or 0, 1_000_000)
    if stream.duration:
        begins = (stream.start_time or 0) * stream.time_base - start if stream.start_time else 0
        return float(stream.duration * stream.time_base + begins)
    stated = (value for name, value in stream.metadata.items() if name.upper().startswith("DURATION"))
    if match := _DURATION.fullmatch(next(stated, "")):  # Matroska
        hours, minutes, seconds = match.groups()
        return (int(hours) * 60 + int(minutes)) * 60 + float(seconds)
    return None


def _timecode(container: av.container.InputContainer, stream: Any, frame: av.video.frame.VideoFrame) -> str | None:
    """The timecode of the first frame: of a timecode track, the container's tags, or SMPTE ST 12-1 in the picture."""
    tracks = (stream, *container.streams.data)
    stated = (
        value
        for tags in (*(track.metadata for track in tracks), container.metadata)
        for name, value in tags.items()
        if name.lower() == "timecode"
    )
    return next(stated, None) or _side_timecode(frame, "S12M_TIMECODE")


def _side_timecode(frame: av.video.frame.VideoFrame, kind: str) -> str | None:
    """The timecode that FFmpeg read from a frame's side data of a kind."""
    from av.sidedata.sidedata import Type

    side_data: Any = frame.side_data  # keyed by type, whatever its annotation says
    return None if side_data.get(Type[kind]) is None else frame.metadata.get("timecode")

    return None if frame.side_data.get(Type[kind]) is None else frame.metadata.get("timecode")


def _videos(container: av.container.InputContainer) -> list[av.video.stream.VideoStream]:
    return [stream for stream in container.streams.video if not _is_cover(stream)]


def _is_cover(stream: av.video.stream.VideoStream) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic) or stream.codec_context is None


def _first_frame(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream
) -> tuple[av.video.frame.VideoFrame | None, list[int]]:
    """The first frame that decodes, and the time stamps of the first packets, in ticks."""
    import av

    first: av.video.frame.VideoFrame | None = None
    stamps: list[int] = []
    packets = container.demux(stream)
    for _ in range(_PROBE_PACKETS):
        try:
            packet = next(packets)
            if packet.pts is not None and packet.size:
                stamps.append(packet.pts)
            if first is None:
                first = next(iter(packet.decode()), None)
        except StopIteration:
            break
        except av.error.FFmpegError:
            continue
        if first is not None and len(stamps) >= _FIRST_STAMPS:
            break
    return first, stamps


def _start_seconds(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream, stamps: list[int]
) -> Fraction:
    """The film's zero: the container's start time, unless that rests on a first time stamp that is wrong."""
    stated = Fraction(container.start_time or 0, 1_000_000)
    base = Fraction(stream.time_base or Fraction(1, 1000))
    later = sorted(stamp * base for stamp in stamps[1:])
    if len(later) < _FEW_STAMPS or stamps[0] * base <= later[len(later) // 2] + 1:
        return stated
    others = [
        Fraction(other.start_time * other.time_base)
        for other in container.streams
        if other is not stream and other.start_time is not None and other.time_base
    ]
    return min([*others, later[0]])


def _codec(stream: Any) -> str:
    return str(stream.codec_context.codec.canonical_name)


def _rate(stream: av.video.stream.VideoStream) -> Fraction | None:
    rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    # Of raw DV, FFmpeg's average is the number of ticks a second.
    rate = next((rate for rate in rates if rate and rate < _HIGHEST_RATE), None)
    return Fraction(rate) if rate else None


def _orientation(frame: av.video.frame.VideoFrame) -> tuple[int, bool]:
    """Clockwise quarter turns in degrees, and whether the picture is mirrored before it is turned.

    The display matrix (ISO/IEC 14496-12, 6.2.2) mirrors where its determinant is negative. FFmpeg tells its angle as if
    it never did, counter-clockwise. Odd angles are left as shot.
    """
    degrees, mirrored = -frame.rotation % 360, False
    sides: Any = frame.side_data
    for data in sides:
        if data.type.name == "DISPLAYMATRIX":
            a, b, _, c, d, *_ = struct.unpack("<9i", memoryview(data)[:36])
            mirrored = a * d - b * c < 0
            if mirrored:
                degrees = round(math.degrees(math.atan2(-b, -a))) % 360
    return (degrees if degrees in (0, 90, 180, 270) else 0), mirrored


def _describe_color(frame: av.video.frame.VideoFrame) -> ColorDescription:
    from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc

    def name(enum: Any, value: int) -> str:
        try:
            return str(enum(value).name).lower()
        except ValueError:
            return f"unknown ({value})"

    return ColorDescription(
        matrix=name(Colorspace, frame.colorspace),
        range=_COLOR_RANGE.get(frame.color_range, f"unknown ({frame.color_range})"),
        transfer=name(ColorTrc, frame.color_trc),
        primaries=name(ColorPrimaries, frame.color_primaries),
    )


def audio_track(stream: Any) -> AudioTrack:
    """Return what a sound stream of an open input is."""
    return AudioTrack(
        stream_index=stream.index,
        codec=_codec(stream),
        channels=stream.codec_context.channels,
        layout=stream.codec_context.layout.name,
        sample_rate=stream.codec_context.sample_rate,
        language=stream.language,
        title=_title(stream),
        flags=_flags(stream),
    )


def subtitle_track(stream: Any) -> SubtitleTrack:
    """Return what a subtitle stream of an open input is."""
    codec = _codec(stream) if stream.codec_context else "unknown"
    return SubtitleTrack(
        stream_index=stream.index,
        codec=codec,
        language=stream.language,
        text=codec in _TEXT_SUBTITLES,
        title=_title(stream),
        flags=_flags(stream),
    )


def _title(stream: Any) -> str | None:
    """A track's title; in MP4 the name of its handler, where a program did not write its own."""
    names = {key.lower(): value.strip() for key, value in stream.metadata.items()}
    handler = names.get("handler_name", "")
    return names.get("title") or names.get("name") or ("" if _OWN_HANDLER.search(handler) else handler) or None


def _flags(stream: Any) -> tuple[str, ...]:
    from av.stream import Disposition

    return tuple(flag.name for flag in Disposition if stream.disposition & flag and flag.name)
