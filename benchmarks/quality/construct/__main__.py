"""Build films from real clips, with the exact truth of their transitions.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/construct --out DIR --films 12 --seed 1

The same seed, films, looks and rates give the same films, whatever else is built with them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from construct.film import Spec
from construct.looks import LOOKS
from construct.write import write_film

RATES: dict[str, Fraction | None] = {
    "5": Fraction(5),
    "12": Fraction(12),
    "15": Fraction(15),
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "120": Fraction(120),
    "variable": None,
}
# What a set is made of, in turn, where no look or rate is asked for.
DEFAULTS = (
    ("plain", "25"),
    ("lowbit", "25"),
    ("archive", "25"),
    ("plain", "24"),
    ("letterbox", "23.976"),
    ("text", "29.97"),
    ("dark", "25"),
    ("interlaced", "25"),
    ("telecine", "29.97"),
    ("plain", "50"),
    ("archive", "15"),
    ("plain", "variable"),
    ("lowbit", "12"),
    ("plain", "59.94"),
    ("plain", "5"),
    ("lowbit", "30"),
    ("plain", "120"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--films", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--look", choices=LOOKS, help="of all films; without it, a mixture")
    parser.add_argument("--fps", choices=RATES, help="of all films; without it, a mixture")
    parser.add_argument("--seconds", type=float, help="of each film; without it 1,400 frames, in 25 to 75 seconds")
    parser.add_argument("--width", type=int, default=320, help="pixels; the height is 9/16 of it, even")
    arguments = parser.parse_args()
    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    if not (data / "video").is_dir():
        raise SystemExit("KULESHOV_TEST_DATA names no folder with video/: nothing to build films from")
    arguments.out.mkdir(parents=True, exist_ok=True)
    total: Counter[str] = Counter()
    for number in range(arguments.films):
        look, rate = DEFAULTS[number % len(DEFAULTS)]
        look, rate = arguments.look or look, arguments.fps or rate
        width, height = arguments.width, arguments.width * 9 // 32 * 2
        seconds = arguments.seconds or min(max(1400 / float(RATES[rate] or 25), 25), 75)
        spec = Spec(look, RATES[rate], (arguments.seed, number), width, height, seconds)
        started = perf_counter()
        counts = write_film(spec, data, arguments.out, f"{number:02}")
        total += counts
        print(f"{number:02} {look} {rate} fps: {counts.total()} events, {perf_counter() - started:.0f} s", flush=True)
    print(", ".join(f"{kind} {count}" for kind, count in sorted(total.items())))


if __name__ == "__main__":
    main()
