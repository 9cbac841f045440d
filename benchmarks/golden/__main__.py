"""Check that the program still does what it did: record its output for the test clips, and compare two records.

    python benchmarks/golden write OUT_DIR                          # ten minutes; KULESHOV_TEST_DATA names the clips
    python benchmarks/golden compare BEFORE AFTER [--allow FILE]    # exit code 1: unexpected differences
    python benchmarks/golden collect                                # make readings.json again, from the tests

``write`` uses only public names (the command line, ``kuleshov``, ``kuleshov.query``), so it runs on old and new code:
``PYTHONPATH=/other/tree/engine python benchmarks/golden write OUT_DIR`` records another tree. It records the analyses
of all clips (``analyses.py``), an archive of some of them and its answers (``searches.py``, ``store.py``), and the
readings of some thousand texts (``readings.py``). It covers the optional networks (faces, meaning of lines) only where
they are installed; ``setup.json`` says which are. Two runs on one machine must be equal.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from allowed import read_allowances, sorted_out
from analyses import write_analyses
from commands import Scrubber, run_apart, write_record
from differences import Difference, compare_runs
from readings import write_readings
from searches import Asked, write_answers, write_archive

_HERE = Path(__file__).resolve().parent
_PARTS = ("readings", "archive", "analyses")
_EXAMPLES = 3
_WIDTH = 160


def main() -> None:
    options = _options()
    if options.what == "write":
        write(options.out, options.only)
    elif options.what == "compare":
        sys.exit(compare(options.before, options.after, allow=options.allow, examples=options.examples))
    else:
        import collect

        collect.write(collect.collect(_HERE.parents[1]), _HERE / "readings.json")


def write(out: Path, parts: Sequence[str]) -> None:
    """Record the program's output in a folder that is empty or does not exist."""
    import kuleshov

    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    if not os.environ.get("KULESHOV_TEST_DATA") or not data.is_dir():
        raise SystemExit("KULESHOV_TEST_DATA names no folder: there is nothing to describe")
    if out.exists() and any(out.iterdir()):
        raise SystemExit(f"{out}: not empty")
    os.environ["OMP_NUM_THREADS"] = "1"  # before a library reads it
    print(f"of {kuleshov.__file__}", flush=True)
    began = perf_counter()
    with TemporaryDirectory(prefix="golden-") as scratch:
        place = Path(scratch).resolve()
        package = Path(str(kuleshov.__file__)).resolve().parent
        scrubber = Scrubber({"scratch": place, "data": data.resolve(), "package": package, "tree": _HERE.parents[1]})
        write_record(out, "setup", run_apart(scrubber, "doctor", "--json", "--archive", place / "none"))
        if "readings" in parts:
            print(f"{write_readings(out)} readings", flush=True)
        if "archive" in parts:
            asked = Asked(place, data.resolve(), scrubber)
            write_archive(out, asked)
            write_answers(out, asked)
        if "analyses" in parts:
            write_analyses(out, data.resolve(), scrubber)
    print(f"written in {perf_counter() - began:.0f} s")


def compare(before: Path, after: Path, *, allow: Path | None, examples: int) -> int:
    """Print the differences of two records by field, and return the exit code."""
    allowances = [] if allow is None else read_allowances(allow)
    unexpected, counts = sorted_out(compare_runs(before, after), allowances)
    groups: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    for difference in unexpected:
        groups[difference.kind, difference.group].append(difference)
    for (kind, group), members in sorted(groups.items(), key=lambda pair: (pair[0][0], -len(pair[1]), pair[0][1])):
        print(f"{kind}: {group}: {len(members)}")
        for one in members[:examples]:
            print(f"    {one.path}: {_cut(one.before)} -> {_cut(one.after)}")
    for reason, count in counts.items():
        print(f"allowed: {count}: {reason}")
    by_kind = {kind: sum(one.kind == kind for one in unexpected) for kind in sorted({one.kind for one in unexpected})}
    told = ", ".join(f"{count} {kind}" for kind, count in by_kind.items())
    print(f"{len(unexpected)} unexpected differences" + (f": {told}" if told else ""))
    return 1 if unexpected else 0


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="golden", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="what", required=True)
    writing = commands.add_parser("write", help="record what the program does")
    writing.add_argument("out", type=Path, metavar="OUT_DIR")
    writing.add_argument("--only", nargs="+", choices=_PARTS, default=_PARTS, help="only these parts")
    comparing = commands.add_parser("compare", help="compare two records")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--allow", type=Path, metavar="FILE", help="expected differences (allowed.py)")
    comparing.add_argument("--examples", type=int, default=_EXAMPLES, help="how many to show of each field")
    commands.add_parser("collect", help="collect the texts of readings.json again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
