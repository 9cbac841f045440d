"""A shot list as its file states it: places in whatever unit it uses, not yet fitted to a film."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kuleshov.errors import KuleshovError
from kuleshov.records import TransitionType


class ShotListError(KuleshovError, ValueError):
    """A shot list or an edit that can't be read, contradicts itself, or is not this film's."""


@dataclass(frozen=True)
class Timecode:
    """A place as a timecode, ``"01:00:04:12"``."""

    text: str


@dataclass(frozen=True)
class Seconds:
    """A place as seconds from the start of the film."""

    value: Fraction


#: A place in a film; an ``int`` is a frame number, counted from 0.
ListPosition = int | Timecode | Seconds


@dataclass(frozen=True)
class Listed:
    """One shot of a list. ``where`` says where it stands: ``"line 12"``.

    ``end`` is ``None`` where the list states starts only. How the shot begins is told in one of three ways: not at all
    (a cut); by ``mixed_frames``, so many from ``start`` on (EDL); or by ``mixed``, the first frame of the transition
    and the first one after it.
    """

    where: str
    start: ListPosition
    end: ListPosition | None
    transition: TransitionType | None = None
    mixed_frames: int = 0
    mixed: tuple[ListPosition, ListPosition] | None = None


@dataclass(frozen=True)
class ShotList:
    """All shots of a list in its order, and what it says of itself.

    ``rate`` frames a second where it is stated; ``drop`` whether its timecodes are drop-frame where it is stated.
    ``end_is_last``: ``True`` if an end is the shot's last frame, ``False`` if the first after it, ``None`` if that has
    to be found out. ``gaps_are_gradual``: frames between two shots are their transition's.
    """

    source: str
    format: str
    content_hash: str
    shots: tuple[Listed, ...]
    rate: Fraction | None = None
    drop: bool | None = None
    end_is_last: bool | None = False
    gaps_are_gradual: bool = False
