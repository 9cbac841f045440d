"""A shot list as its file states it: positions in the unit that the file uses, not yet fitted to a film."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kuleshov.errors import KuleshovError
from kuleshov.records import TransitionType


class ShotListError(KuleshovError, ValueError):
    """A shot list or an edit that can't be read, contradicts itself, or does not belong to the film."""


@dataclass(frozen=True)
class Timecode:
    """A position as a timecode, ``"01:00:04:12"``."""

    text: str


@dataclass(frozen=True)
class Seconds:
    """A position in seconds, from the film's first picture or from the zero of its container: the list must show."""

    value: Fraction


#: A position in a film; an ``int`` is a frame number, counted from 0.
ListPosition = int | Timecode | Seconds


@dataclass(frozen=True)
class ListedShot:
    """One shot of a list. ``where`` is its place in the file: ``"line 12"``.

    ``end`` is ``None`` if the list states starts only. A list states how a shot begins in one of three ways: not at all
    (a cut); by ``mixed_frames``, the number of frames of the transition from ``start`` on (EDL); or by ``mixed``, the
    first frame of the transition and the first one after it.
    """

    where: str
    start: ListPosition
    end: ListPosition | None
    transition: TransitionType | None = None
    mixed_frames: int = 0
    mixed: tuple[ListPosition, ListPosition] | None = None


@dataclass(frozen=True)
class ShotList:
    """All shots of a list, in its order, and what the file states about itself.

    ``rate`` is in frames a second, ``drop`` whether timecodes are drop-frame; both ``None`` if the file does not say.
    ``end_is_last``: ``True`` if an end is the shot's last frame, ``False`` if it is the first frame after the shot,
    ``None`` if the shots must show it. ``gaps_are_gradual``: frames between two shots belong to a gradual transition.
    ``remarks`` are sentences about lines that were passed over.
    """

    source: str
    format: str
    content_hash: str
    shots: tuple[ListedShot, ...]
    rate: Fraction | None = None
    drop: bool | None = None
    end_is_last: bool | None = False
    gaps_are_gradual: bool = False
    remarks: tuple[str, ...] = ()
