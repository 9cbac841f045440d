"""A labelling session: shows segments, asks for keys, stores each answer at once, undoes, and can be resumed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuleshov.annotations.annotation_store import AnnotationStore
from kuleshov.annotations.keys import MOOD_KEYS, Answer, ask
from kuleshov.annotations.statement import Kind, Statement, new_id, now
from kuleshov.errors import AnnotationError, ExportError, MediaError
from kuleshov.export import labels
from kuleshov.export.clock import clock
from kuleshov.pipeline.job.versions import installed_version

if TYPE_CHECKING:
    from kuleshov.annotations.vocabulary import Vocabulary
    from kuleshov.archive import Archive
    from kuleshov.cinema.attributes.measures import Unit
    from kuleshov.records import Analysis, Segment
    from kuleshov.training.emotion_queue import Pick
    from kuleshov.training.emotion_select import Ground

_PICKED_TOGETHER = 10  # their answers influence the next ten
_STILL = (960, 540)


def statement(
    film: Analysis,
    segment: Segment,
    *,
    unit: Unit,
    kind: Kind,
    annotator: str,
    scores: Mapping[str, float] | None = None,
    senses: Mapping[str, Sequence[str]] | None = None,
    words: Sequence[str] = (),
    vocabulary: str = "",
    note: str = "",
    said: Mapping[str, float] | None = None,
    retracts: str | None = None,
) -> Statement:
    """Return a statement on a segment with the current time and Kuleshov's version."""
    return Statement(
        id=new_id(),
        kind=kind,
        at=now(),
        annotator=annotator,
        content_id=film.film.content_id,
        title=film.film.title,
        unit=unit,
        start_seconds=segment.start_seconds,
        end_seconds=segment.end_seconds,
        kuleshov_version=installed_version("kuleshov"),
        pipeline_id=film.provenance.pipeline_id,
        scores=dict(scores or {}),
        senses={sense: list(values) for sense, values in (senses or {}).items()},
        words=list(words),
        vocabulary=vocabulary,
        note=note,
        said=dict(said or {}),
        retracts=retracts,
    )


class LabellingSession:
    """One annotator's session over an archive; every answer is stored before the next question."""

    def __init__(
        self,
        archive: Archive,
        *,
        annotator: str,
        unit: Unit,
        film: str | None,
        vocabulary: Vocabulary,
        stills: Path | None,
        grammar: Path | None,
        weights: Mapping[Ground, float],
        quiet: bool,
    ) -> None:
        self.annotator = annotator
        self._archive = archive
        self._store = AnnotationStore(archive.path)
        self._unit: Unit = unit
        self._film, self._vocabulary, self._stills = film, vocabulary, stills
        self._grammar, self._weights = grammar, weights
        self._say: Callable[[str], None] = (lambda _: None) if quiet else _say
        self._skipped: set[tuple[str, int]] = set()

    def run(self, count: int | None = None) -> int:
        """Ask until the input ends, nothing is left, or ``count`` are labelled; return how many were labelled."""
        done: list[tuple[Pick, Statement]] = []
        waiting: list[Pick] = []
        self._say("moods: " + "  ".join(f"{key} {mood}" for key, mood in MOOD_KEYS.items()) + "\n")
        with keys() as (key, line):
            while count is None or len(done) < count:
                waiting = waiting or self._next()
                if not waiting:
                    self._say(f"\nNo {self._unit} is left to label.")
                    break
                pick = waiting[0]
                self._show(pick)
                outcome, answer = ask(key, line, self._say, self._vocabulary)
                if outcome == "quit":
                    break
                if outcome == "again":
                    if done:
                        undone, stored = done.pop()
                        self._retract(undone, stored)
                        waiting.insert(0, undone)
                        self._say("undone\n")
                    continue
                waiting.pop(0)
                if outcome == "done":
                    done.append((pick, self._keep(pick, answer)))
                else:
                    self._skipped.add((pick.film.film.content_id, pick.segment.index))
        return len(done)

    def _next(self) -> list[Pick]:
        from kuleshov.training.emotion_queue import picks

        try:
            return picks(
                self._archive,
                count=_PICKED_TOGETHER,
                unit=self._unit,
                film=self._film,
                annotator=self.annotator,
                grammar=self._grammar,
                weights=self._weights,
                without=frozenset(self._skipped),
            )
        except AnnotationError:
            return []

    def _keep(self, pick: Pick, answer: Answer) -> Statement:
        kept = statement(
            pick.film,
            pick.segment,
            unit=pick.unit,
            kind="label",
            annotator=self.annotator,
            scores=answer.scores(self._vocabulary),
            senses=answer.senses,
            words=answer.words,
            vocabulary=self._vocabulary.id if answer.words or answer.senses else "",
        )
        self._store.append(kept)
        return kept

    def _retract(self, pick: Pick, stored: Statement) -> None:
        self._store.append(
            statement(
                pick.film,
                pick.segment,
                unit=pick.unit,
                kind="retraction",
                annotator=self.annotator,
                retracts=stored.id,
            )
        )

    def _show(self, pick: Pick) -> None:
        segment = pick.segment
        begin, end = clock(segment.start_seconds), clock(segment.end_seconds)
        self._say(f"\n{pick.film.film.title}  {begin} - {end}  ({pick.unit} {segment.index})\n")
        self._say(f"  why: {pick.why}\n")
        self._say(f"  picture: {labels.light(segment)}; movement {labels.movement(segment)}\n")
        self._say(f"  sound: {', '.join(_sound(segment))}\n")
        if segment.dialogue is not None and segment.dialogue.text:
            self._say(f"  dialogue: {segment.dialogue.text[:200]}\n")
        if self._stills is not None:
            self._say(f"  still: {self._still(pick)}\n")

    def _still(self, pick: Pick) -> str:
        from kuleshov.export.stills import stills

        assert self._stills is not None
        title = "".join(letter if letter.isalnum() else "_" for letter in pick.film.film.title)
        path = self._stills / f"{title}-{pick.unit}-{pick.segment.index}.png"
        middle = (pick.segment.start_frame + pick.segment.end_frame) // 2
        try:
            self._stills.mkdir(parents=True, exist_ok=True)
            width, height = _STILL
            (picture,) = stills(pick.film.film, [middle], width=width, height=height)
        except (ExportError, MediaError) as error:
            return f"none: {error}"
        picture.save(path)
        return str(path)


def _sound(segment: Segment) -> Iterator[str]:
    yield labels.sound(segment)
    if segment.sound is None:
        return
    for share, name in (
        (segment.sound.voice_share, "speech"),
        (segment.sound.music_share, "music"),
        (segment.sound.silence_share, "silence"),
    ):
        if share is not None and share >= 0.1:
            yield f"{name} {share:.0%}"
    for event in segment.sound.events:
        yield f"{event.type.replace('_', ' ')} at {clock(event.seconds)}"


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


@contextmanager
def keys() -> Iterator[tuple[Callable[[], str], Callable[[], str]]]:
    """Yield functions that read one key, and the rest of a line, from a terminal (without Enter) or a pipe."""
    if not sys.stdin.isatty():
        yield (lambda: sys.stdin.read(1)), (lambda: sys.stdin.readline().strip())
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before: Any = termios.tcgetattr(terminal)

    def key() -> str:
        pressed = sys.stdin.read(1)
        _say(pressed if pressed.isprintable() else "\n")
        return "" if pressed == "\x04" else pressed

    def line() -> str:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        try:
            return sys.stdin.readline().strip()
        finally:
            tty.setcbreak(terminal)

    tty.setcbreak(terminal)
    try:
        yield key, line
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
