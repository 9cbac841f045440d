"""How well each shot detector finds transitions, beside the detectors of other packages, on the same files.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/shots.py
        [--films DIR ...] [--detectors a,b] [--json FILE] [--markdown FILE]

Films built from real clips, whose transitions are known exactly, are scored by the rule that ``scoring.py`` states:
those of the test data (``transitions/``), or of folders that ``python benchmarks/quality/construct`` made. Without
``--films``, edited clips whose cuts were looked at by eye (``verified_cuts.json``) give the share of those cuts that is
found; what else is found there is counted but not charged, for the lists are not complete.

Seconds are wall time from file to transitions, decoding and (for ours) all kernels of the pipeline included.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from peers import Finder, peers
from scoring import CUT, Event, Score, score

from kuleshov.cinema.detectors import Detector, detector_names, open_detectors
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.media.probe import probe
from kuleshov.pipeline.stages.frames import FrameMeter
from kuleshov.records import Transition

KINDS = (CUT, "dissolve", "fade_black", "fade_white", "wipe")


def detect(detector: Detector, film: Path) -> list[Transition]:
    """Run one of our detectors over a film, as the pipeline does on a CPU."""
    meter = FrameMeter()
    for batch in CpuDecoder(probe(film)):
        for measured, evidence in meter.push(batch):
            detector.push(measured, evidence)
    return detector.finish()


def ours(detector_name: str) -> Finder:
    detectors = open_detectors(detector_name)

    def find(film: Path) -> tuple[list[Event], float]:
        started = perf_counter()
        found = [Event(each.start_frame, each.end_frame, each.type) for each in detect(detectors.for_film(), film)]
        return found, perf_counter() - started

    return find


@dataclass(frozen=True)
class Film:
    """A film with what is known of it; ``complete`` where all its transitions are."""

    path: Path
    true: list[Event]
    distractors: list[Event] = field(default_factory=list)
    look: str = ""
    complete: bool = True


@dataclass
class Result:
    """One detector over all films."""

    constructed: Score = field(default_factory=Score)
    by_look: dict[str, Score] = field(default_factory=dict)
    verified: Score = field(default_factory=Score)
    seconds: float = 0.0

    def add(self, film: Film, found: Sequence[Event], seconds: float) -> None:
        scored = score(found, film.true, distractors=film.distractors)
        self.seconds += seconds
        if film.complete:
            self.constructed += scored
            self.by_look[film.look] = self.by_look.get(film.look, Score()) + scored
        else:
            self.verified += scored


def constructed_films(folder: Path) -> list[Film]:
    films = []
    for truth in sorted(folder.glob("*.truth.json")):
        name = truth.name.removesuffix(".truth.json")
        distractors, meta = (truth.with_name(f"{name}.{kind}.json") for kind in ("distractors", "meta"))
        look = json.loads(meta.read_text())["look"]
        films.append(Film(truth.with_name(f"{name}.mp4"), _events(truth), _events(distractors), look))
    if not films:
        raise SystemExit(f"{folder} holds no NN.truth.json: make some with benchmarks/quality/construct")
    return films


def edited_films(data: Path) -> list[Film]:
    known = json.loads((data / "verified_cuts.json").read_text())
    cuts = {clip: [Event(frame - 1, frame, CUT) for frame in of["cut_frames"]] for clip, of in known.items()}
    return [Film(data / clip, events, complete=False) for clip, events in cuts.items()]


def _events(path: Path) -> list[Event]:
    return [Event(each["start_frame"], each["end_frame"], each["type"]) for each in json.loads(path.read_text())]


def as_json(result: Result) -> dict[str, Any]:
    found = result.constructed
    return {
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1(),
        "f1_cut": found.f1([CUT]),
        "f1_gradual": found.f1(found.true.keys() - {CUT}),
        "f1_by_look": {look: scored.f1() for look, scored in result.by_look.items()},
        "recall_by_kind": {kind: [found.hits[kind], found.true[kind]] for kind in sorted(found.true)},
        "false_alarms": dict(found.false_alarms),
        "extent_overlap": found.overlap,
        "cut_offsets_frames": dict(found.cut_offsets),
        "right_types": [found.right_types, found.hits.total()],
        "verified_cuts": [result.verified.hits.total(), result.verified.true.total()],
        "unlisted": result.verified.false_alarms.total(),
        "seconds": result.seconds,
    }


def as_markdown(results: dict[str, Result]) -> str:
    """A table of all detectors, the best first, then what misled each of them."""
    ranked = sorted(results.items(), key=lambda each: -each[1].constructed.f1())
    head = ("detector", "F1", "precision", "recall", *(f"{kind} found" for kind in KINDS), "extent", "right type")
    rows = [(*head, "edited cuts", "seconds")]
    for name, result in ranked:
        found, verified = result.constructed, result.verified
        figures = (f"{figure:.3f}" for figure in (found.f1(), found.precision, found.recall))
        kinds = (f"{found.hits[kind]}/{found.true[kind]}" for kind in KINDS)
        types = f"{found.right_types}/{found.hits.total()}" if found.right_types else "not told"
        edited = f"{verified.hits.total()}/{verified.true.total()} (+{verified.false_alarms.total()})"
        rows.append(
            (name, *figures, *kinds, f"{found.overlap:.2f}", types, edited if verified.true else "-",
             f"{result.seconds:.0f}")
        )  # fmt: skip
    rows.insert(1, ("---",) * len(rows[0]))
    looks = list(ranked[0][1].by_look)
    rows_by_look = [("F1 by look", *looks), ("---",) * (len(looks) + 1)]
    rows_by_look += [(name, *(f"{result.by_look[look].f1():.3f}" for look in looks)) for name, result in ranked]
    tables = ["\n".join(f"| {' | '.join(row)} |" for row in table) for table in (rows, rows_by_look)]
    alarms = [
        f"- {name}: " + (", ".join(f"{cause} {count}" for cause, count in found.false_alarms.most_common()) or "none")
        for name, found in ((name, result.constructed) for name, result in ranked)
    ]
    return "\n\n".join((*tables, "False alarms, by the distractor that they touch:\n\n" + "\n".join(alarms))) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=Path, nargs="+", metavar="DIR", help="folders of constructed films")
    parser.add_argument("--detectors", metavar="A,B", help="only these, by name; without it, all of ours and of others")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE too")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables to FILE too")
    arguments = parser.parse_args()
    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    if not arguments.films and not (data / "transitions").is_dir():
        raise SystemExit("KULESHOV_TEST_DATA names no folder with transitions/: name constructed films by --films DIR")
    films = [film for folder in arguments.films or [data / "transitions"] for film in constructed_films(folder)]
    if not arguments.films:
        films += edited_films(data)
    others, own = peers(), detector_names()
    names = arguments.detectors.split(",") if arguments.detectors else [*own, *others]
    if unknown := set(names) - set(own) - set(others):
        raise SystemExit(f"no detector {', '.join(sorted(unknown))}: there are {', '.join([*own, *others])}")
    finders = {name: ours(name) if name in own else others[name] for name in names}
    results = {name: Result() for name in names}
    for film in films:  # by film, so that both readings of the TransNetV2 package share one run
        for name, find in finders.items():
            print(f"\r\033[K{film.path.name}: {name}", end="", flush=True)
            results[name].add(film, *find(film.path))
    print("\r\033[K", end="")
    report = as_markdown(results)
    print(report)
    if arguments.markdown:
        arguments.markdown.write_text(report)
    if arguments.json:
        arguments.json.write_text(json.dumps({name: as_json(each) for name, each in results.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
