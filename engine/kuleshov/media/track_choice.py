"""Which of a film's tracks is its own sound, and which subtitles are the whole dialogue: by their flags and titles.

Flags are FFmpeg's dispositions. Titles count as well, because most programs set no flag but the default one. Matroska
files without flags have every track flagged as default: then it tells nothing, and the next rule decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from kuleshov.records import AudioTrack, SubtitleTrack

_BY_FLAG = {
    "commentary": ("comment",),
    "audio description": ("visual_impaired", "descriptions"),
    "effects alone": ("clean_effects", "non_diegetic"),
    "lyrics": ("lyrics", "karaoke"),
    "forced": ("forced",),
    "for the hearing impaired": ("hearing_impaired", "captions"),
    "dubbed": ("dub",),
    "original": ("original",),
    "default": ("default",),
}
_BY_TITLE = {
    "commentary": r"\bcommenta|\bkommentar|\bcomentari|\bcomment(?:aires?|s)?\b|комментари",
    "audio description": r"\b(?:audio|video) ?descri|\baudiodes[ck]ri|\bdescri(?:bed|ptive)\b|\bDVS\b|\bhörfilm",
    "effects alone": r"\bM ?& ?E\b|\bmusic (?:and|&) effects\b|\bisolated (?:score|music)\b|\bclean effects\b",
    "lyrics": r"\bkaraoke\b|\blyrics\b",
    "forced": r"\bforced\b|\bforcés?\b|\bforzad|\bforzat|\berzwungen|\bsigns?\b|\bforeign (?:parts|dialog)",
    "for the hearing impaired": r"\bSDH\b|\bCC\b|\bHI\b|\bhearing|\bhörgeschädigt|\bmalentendant|\bsord[io]s?\b",
    "dubbed": r"\bdub(?:bed)?\b|\bdoublage\b|\bsynchronfassung\b",
    "original": r"\boriginal(?:ton| audio| version| language)?\b|\bversion originale\b|\bVO\b",
}
_TITLES = {role: re.compile(pattern, re.IGNORECASE) for role, pattern in _BY_TITLE.items()}
#: Roles of a track that is not the film's own sound; with "forced", of subtitles that are not all of what is said.
_ASIDE = ("commentary", "audio description", "effects alone", "lyrics")


class Track(Protocol):
    """What the choice goes by; an ``AudioTrack`` or a ``SubtitleTrack``."""

    @property
    def title(self) -> str | None: ...
    @property
    def flags(self) -> Sequence[str]: ...


_NOT_ALL = (*_ASIDE, "forced")
_T = TypeVar("_T", bound=Track)


class _Rule(NamedTuple):
    """Tracks with one of some roles are kept, or (not ``wanted``) all others; ``""``: the reason names the roles."""

    roles: Sequence[str]
    wanted: bool
    reason: str

    def keeps(self, track: Track) -> bool:
        return bool(track_roles(track).intersection(self.roles)) == self.wanted


_TEXT_RULES = (
    _Rule(("default",), True, "flagged as default"),
    _Rule(("original",), True, "in the original language"),
)
_AUDIO_RULES = (
    _Rule(_ASIDE, False, ""),
    *_TEXT_RULES,
    _Rule(("dubbed",), False, "not dubbed"),
    _Rule(("for the hearing impaired",), False, "not for the hearing impaired"),
)


def track_roles(track: Track) -> set[str]:
    """Return what a track is for: ``"default"``, ``"original"``, ``"commentary"``, ``"forced"``, ..."""
    by_flag = {role for role, flags in _BY_FLAG.items() if any(flag in track.flags for flag in flags)}
    return by_flag | title_roles(track.title or "")


def title_roles(title: str) -> set[str]:
    """Return what a title, or the labels in a file's name, say that a track is for."""
    return {role for role, pattern in _TITLES.items() if pattern.search(title)}


def choose_audio_track(tracks: Sequence[AudioTrack]) -> AudioTrack | None:
    """Return the track to listen to, as players choose: by flags and titles, then the first. None if there is none."""
    return _narrowed(tracks, _AUDIO_RULES)[0] if tracks else None


def audio_choice_notes(tracks: Sequence[AudioTrack]) -> list[str]:
    """Return which of several sound tracks is heard and why; and if it is not the film's own sound, what it is."""
    if not tracks:
        return []
    chosen, reasons = _narrowed(tracks, _AUDIO_RULES)
    notes = []
    if len(tracks) > 1:
        notes.append(f"sound track {chosen.stream_index}: heard of {len(tracks)} tracks: it is {', '.join(reasons)}")
    if aside := sorted(track_roles(chosen).intersection(_ASIDE)):
        notes.append(f"sound track {chosen.stream_index}: it is {' and '.join(aside)}, there is no other")
    return notes


def ranked_text_tracks(tracks: Iterable[SubtitleTrack]) -> tuple[list[SubtitleTrack], str]:
    """Return text tracks that may hold the whole dialogue, the best first, and of several why that is the best.

    Tracks for foreign words alone (forced), commentaries and lyrics are none; ``set_aside`` tells of them.
    """
    texts = [track for track in tracks if track.text]
    aside = {role for track in texts if set_aside(track) for role in track_roles(track).intersection(_NOT_ALL)}
    left = [track for track in texts if not set_aside(track)]
    reasons = [f"no {' or '.join(sorted(aside))}"] if aside else []
    ranked: list[SubtitleTrack] = []
    while left:
        best, why = _narrowed(left, _TEXT_RULES)
        reasons += [] if ranked else why
        ranked.append(best)
        left.remove(best)
    return ranked, f"of {len(texts)} text tracks: it is {', '.join(reasons)}" if len(texts) > 1 else ""


def set_aside(track: Track) -> str:
    """Return why a track of subtitles is not the whole dialogue; ``""`` if it may be."""
    return _why_aside(track_roles(track))


def title_set_aside(title: str) -> str:
    """Return why subtitles with these labels in their name are not the whole dialogue; ``""`` if they may be."""
    return _why_aside(title_roles(title))


def _why_aside(roles: set[str]) -> str:
    if "forced" in roles:
        return "forced: foreign words and signs only"
    return " and ".join(sorted(roles.intersection(_ASIDE)))


def _narrowed(tracks: Sequence[_T], rules: Sequence[_Rule]) -> tuple[_T, list[str]]:
    """Apply rules in order, each to the tracks that are left; return the first of the last ones, and what told."""
    left, reasons = list(tracks), []
    for rule in rules:
        kept = [track for track in left if rule.keeps(track)]
        if kept and len(kept) < len(left):
            gone = {role for track in left if not rule.keeps(track) for role in track_roles(track)}
            reasons.append(rule.reason or f"no {' or '.join(sorted(gone.intersection(rule.roles)))}")
            left = kept
    if len(left) > 1:
        reasons.append("the first of those" if reasons else "the first: flags and titles don't tell them apart")
    return left[0], reasons
