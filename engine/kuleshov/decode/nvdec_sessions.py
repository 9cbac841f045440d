"""Decode sessions of NVDEC that are reused: opening one takes longer than decoding a short film.

A session belongs to a CUDA stream, and so to a lane, whose films follow one another. It decodes the next film of the
same codec and depth that is no larger than the one it was opened for, as NVIDIA's own sample does with many files
(``setReconfigParams`` between them; without it the hardware would scale the new film to the old one's size). A session
is reused only if it went through its film without a fault; the others are dropped.
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

    ``kind`` is what its films have in common, ``lane`` their device and stream.
    """

    decoder: Any
    lane: Hashable
    kind: Hashable
    room: tuple[int, int]
    reused: bool = False


class IdleSessions:
    """Sessions that are between two films. Thread-safe."""

    def __init__(self) -> None:
        self._idle: dict[Hashable, OrderedDict[Hashable, Session]] = {}
        self._lock = Lock()

    def take(self, lane: Hashable, kind: Hashable, *, size: tuple[int, int], room: tuple[int, int]) -> Session | None:
        """Return a session for a film of that size, no longer idle; ``None`` if there is none.

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
        """Keep a session that has ended its film without a fault; at most ``_MOST_IDLE`` of a lane."""
        with self._lock:
            idle = self._idle.setdefault(session.lane, OrderedDict())
            idle[session.kind] = session
            while len(idle) > _MOST_IDLE:
                idle.popitem(last=False)

    def clear(self) -> None:
        """Drop all, with the memory that they hold."""
        with self._lock:
            self._idle.clear()


#: The idle sessions of this process.
IDLE = IdleSessions()
