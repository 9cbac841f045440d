"""Decode sessions of NVDEC that are used again: opening one costs more than a short film takes.

A session belongs to a CUDA stream, and so to a lane: films of a lane follow on each other. It takes the next film of
the same codec and depth that is no larger than the one it was opened for, as NVIDIA's own sample does with many files
(``setReconfigParams`` between them; without it the hardware would scale the new film to the old one's size). Only a
session that went through a film without a fault comes back; the rest are dropped.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any

_MOST_IDLE = 2  # of a lane: films of two codecs in turn


@dataclass
class Session:
    """A ``decoder`` of PyNvVideoCodec, opened for coded frames up to ``room`` (width, height).

    ``kind`` is all that its films have in common, ``lane`` their device and stream.
    """

    decoder: Any
    lane: Hashable
    kind: Hashable
    room: tuple[int, int]
    reused: bool = False


class IdleSessions:
    """Sessions between two films. Safe to use from several threads."""

    def __init__(self) -> None:
        self._idle: dict[Hashable, OrderedDict[Hashable, Session]] = {}
        self._lock = Lock()

    def take(self, lane: Hashable, kind: Hashable, *, size: tuple[int, int], room: tuple[int, int]) -> Session | None:
        """Return a session for a film of that size, no longer idle; ``None`` where there is none.

        One that is too small is dropped: the film's own will replace it. Raises what ``setReconfigParams`` raises.
        """
        with self._lock:
            session = self._idle.get(lane, OrderedDict()).pop(kind, None)
        if session is None or room[0] > session.room[0] or room[1] > session.room[1]:
            return None
        session.decoder.setReconfigParams(*size)
        session.reused = True
        return session

    def give_back(self, session: Session) -> None:
        """Keep a session that has ended its film without a fault, and of its lane's no more than ``_MOST_IDLE``."""
        with self._lock:
            idle = self._idle.setdefault(session.lane, OrderedDict())
            idle[session.kind] = session
            while len(idle) > _MOST_IDLE:
                idle.popitem(last=False)

    def clear(self) -> None:
        """Drop all, with the memory that they hold."""
        with self._lock:
            self._idle.clear()


#: Of this process.
IDLE = IdleSessions()
