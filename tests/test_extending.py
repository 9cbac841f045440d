"""A part of Kuleshov is added by one file: each test writes one into a temporary folder and uses it end to end."""

from __future__ import annotations

import importlib.util
import math
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kuleshov.pipeline.analyze import analyze
from kuleshov.pipeline.job.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler")


@pytest.fixture(scope="module")
def film(tmp_path_factory, make_film):
    """Forty frames of a picture that grows brighter after every ten."""
    picture = np.random.default_rng(5).integers(0, 60, (6, 8, 3)).repeat(8, axis=0).repeat(8, axis=1)
    frames = [(picture + 50 * (number // 10)).astype(np.uint8) for number in range(40)]
    return make_film(tmp_path_factory.mktemp("extending") / "steps.mp4", frames)


@pytest.fixture
def add_file(tmp_path, monkeypatch):
    """``add_file(package, name, text)``: a file in a folder that the package's path is extended by."""

    def add(package: str, name: str, text: str) -> Path:
        module = importlib.import_module(package)
        file = tmp_path / f"{name}.py"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(module, "__path__", [*module.__path__, str(tmp_path)])
        monkeypatch.delitem(sys.modules, f"{package}.{name}", raising=False)
        importlib.invalidate_caches()
        return file

    yield add
    for name in [name for name in sys.modules if name.endswith("of_a_test")]:
        del sys.modules[name]


JUMPS = '''"""Reports a cut where the mean luma of a frame jumps. For this test."""

from kuleshov.cinema.detectors._protocol import Detectors
from kuleshov.records import Transition


class Jumps:
    def __init__(self):
        self.cuts, self.before, self.frame = [], None, 0

    def push(self, batch, evidence):
        for mean in batch.luma.mean(axis=(1, 2)):
            if self.before is not None and abs(mean - self.before) > 20:
                self.cuts.append(Transition("cut", self.frame - 1, self.frame, 1.0))
            self.before, self.frame = mean, self.frame + 1

    def settled(self):
        return self.cuts

    def finish(self):
        return self.cuts


def open_detectors(device, sensitivity):
    return Detectors(Jumps, models={}, for_stream=Jumps)
'''


def test_a_shot_detector_is_a_file(add_file, film):
    from kuleshov.cinema.detectors import detector_help, detector_names

    add_file(
        "kuleshov.cinema.detectors",
        "of_a_test",
        JUMPS,
    )
    assert "of_a_test" in detector_names()
    assert detector_help("of_a_test") == "Reports a cut where the mean luma of a frame jumps. For this test."
    analysis = analyze(film, settings=Settings(shots="of_a_test", device="cpu"))
    assert [shot.start_frame for shot in analysis.shots] == [0, 10, 20, 30]


def test_a_cue_is_an_entry_of_a_grammar_file(tmp_path, film):
    grammar = tmp_path / "mine.toml"
    grammar.write_text(
        """
name = "mine"
extends = "kuleshov"
description = "with a cue of this test"

[sources.mine]
mark = "design"
text = "a test"

[cues.bright_pixels]
label = "share of bright pixels"
low = "few bright pixels"
high = "many bright pixels"
measure = "lighting.bright_share"
median = 0.1
spread = 0.1
source = "mine"

[scores.valence.weights]
bright_pixels = { weight = 3, source = "mine" }
""",
        encoding="utf-8",
    )
    last = analyze(film, settings=Settings(shots="off", device="cpu", grammar=grammar)).shots[-1]
    (reason,) = [reason for reason in last.emotion.reasons if reason.cue == "bright_pixels"]
    assert reason.contributions["valence"] != 0
    assert "bright pixels" in reason.text
    total = sum(reason.contributions.get("valence", 0) for reason in last.emotion.reasons)
    assert total == pytest.approx(last.emotion.valence)


def test_a_kind_of_query_part_is_a_file_and_a_field_of_the_query(add_file, tmp_path, film):
    """Found, ranked, explained, described, weighed, written as JSON and asked for, as every part is."""
    add_file("kuleshov.cinema.detectors", "of_a_test", JUMPS)
    add_file(
        "kuleshov.query.parts",
        "part_of_a_test",
        '''"""Shots whose number in the film divides by another. For this test."""

from dataclasses import dataclass

from kuleshov.query.matching.part import GradedPart, PartMatch, PartVerdict, Reason
from kuleshov.query.spec.query import Query


@dataclass(frozen=True)
class NumberQuery(GradedPart):
    divisor: int
    words: str
    weight: float = 1.0

    def match(self, context, selection):
        return NumberMatch(self, context)

    def describe(self):
        return [f"a number that {self.divisor} divides, weight {self.weight:.2f}"]


class NumberMatch(PartMatch):
    def narrow(self, selection):
        rows = selection.rows()
        fits = self.context.table.index(rows) % self.part.divisor == 0
        return selection.among(selection.table.columns.ids(rows[fits]))

    def scores(self, rows):
        return self.part.weight / (1.0 + self.context.table.index(rows))

    def verdicts(self, view):
        rest = view.row.segment.index % self.part.divisor
        return [PartVerdict(self.part.words, rest == 0, rest, f"number {view.row.segment.index}")]

    def reasons(self, view):
        number = view.row.segment.index
        return [Reason("number", number, self.part.weight / (1.0 + number), f"number {number}", self.part.weight)]

    def why_none(self):
        return [f"no number divides by {self.part.divisor}"]


@dataclass(frozen=True)
class NumberedQuery(Query):
    numbers: tuple[NumberQuery, ...] = ()
''',
    )

    from kuleshov.archive import Archive
    from kuleshov.pipeline.ingest import ingest
    from kuleshov.query import Condition, described, parse, search
    from kuleshov.query.explain.why_not import why_not
    from kuleshov.query.spec.weights import reweighted

    part = importlib.import_module("kuleshov.query.parts.part_of_a_test")

    with Archive.open(tmp_path / "archive", create=True) as archive:
        (outcome,) = ingest([film], archive, settings=Settings(device="cpu", faces="off", shots="of_a_test"))
        assert outcome.outcome == "added", outcome.reason
        (entry,) = archive.films()
        assert entry.shot_count == 4
        even = part.NumberedQuery("", numbers=(part.NumberQuery(2, "even"),), terms=parse("bright").terms)
        even = reweighted(even, {"even": 3.0})
        assert [part.weight for part in even.graded()] == pytest.approx([0.25, 0.75])
        result = search(archive, even)
        assert {hit.index for hit in result.hits} <= {0, 2}
        for hit in result.hits:
            (reason,) = [reason for reason in hit.reasons if reason.cue == "number"]
            assert reason.contribution == pytest.approx(0.75 / (1 + hit.index))
            assert math.fsum(reason.contribution for reason in hit.reasons) == hit.score
        alone = replace(even, terms=())
        assert [hit.index for hit in search(archive, alone).hits] == [0, 2]
        assert "a number that 2 divides, weight 0.75" in described(even)
        assert part.NumberedQuery.from_json(even.to_json()) == even
        verdict = why_not(archive, alone, entry, 0.5)
        assert [(part.words, part.fulfilled, part.text) for part in verdict.parts] == [("even", False, "number 1")]
        assert (verdict.place, verdict.hit.score) == (None, pytest.approx(0.5))
        late = Condition("start_seconds", ">", 0.1, "late")
        third = replace(alone, numbers=(*alone.numbers, part.NumberQuery(3, "third")), conditions=(late,))
        assert search(archive, third).empty_because[0] == (
            '3 of 4 shots fulfil "late"; 2 of 4 shots fulfil "even"; 2 of 4 shots fulfil "third"; '
            "none fulfils all of them"
        )


def test_an_export_format_is_a_file(add_file, film, tmp_path):
    from kuleshov.export.listing import film_listing
    from kuleshov.export.write import format_names, format_of, write_listing

    add_file(
        "kuleshov.export.formats",
        "of_a_test",
        '''"""Plain lines: the first and the last frame of each shot."""


def content(listing):
    return "".join(f"{clip.start_frame} {clip.end_frame - 1}\\n" for clip in listing.clips).encode()
''',
    )
    assert "of_a_test" in format_names()
    analysis = analyze(film, settings=Settings(shots="off", device="cpu"))
    target = tmp_path / "shots.of_a_test"
    listing = film_listing(analysis, unit="shot", frame_seconds=np.arange(40) / 25)
    write_listing(listing, target, format=format_of(target, None))
    assert target.read_text() == "0 39\n"


def module_of_tests(path: str):
    """A module of ``tests/``, which is no package."""
    name = f"extending_{Path(path).stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


KERNEL = r"""
#include "binding.h"

namespace kuleshov::cpu {
namespace {

// Every sample of luma taken from 255.
Bytes bind(const Bytes& luma) {
  const Batch batch(luma);
  Bytes negative({batch.count, batch.height, batch.width});
  uint8_t* out = negative.mutable_data();
  const uint8_t* in = luma.data();
  const py::gil_scoped_release unlocked;
  for (py::ssize_t i = 0; i < batch.count * batch.height * batch.width; ++i) out[i] = 255 - in[i];
  return negative;
}

}  // namespace

KULESHOV_OPERATOR(module) { module.def("of_a_test", &bind, array_arg("luma")); }

}  // namespace kuleshov::cpu
"""
CUDA_KERNEL = r"""
#include "device.cuh"

KERNEL(256) of_a_test(const uint8_t* luma, int64_t samples, uint8_t* negative) {
  const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < samples) negative[i] = static_cast<uint8_t>(255 - luma[i]);
}
"""
CUDA_OPERATOR = '''"""The negative of luma on a device."""


def of_a_test(on, luma):
    negative = on.empty(tuple(luma.shape), "uint8")
    samples = int(np.prod(luma.shape))
    arguments = {"luma": luma, "samples": samples, "negative": negative}
    on.launch("of_a_test", grid=(-(-samples // 256), 1, 1), block=(256, 1, 1), arguments=arguments)
    return negative
'''


def native_module(folder: Path):
    """The module ``_cpu`` with an operator of its own file and no others: nothing names an operator but its file."""
    import pybind11

    (folder / "of_a_test.cpp").write_text(KERNEL)
    target = folder / f"_cpu{sysconfig.get_config_var('EXT_SUFFIX')}"
    includes = [ROOT / "csrc/cpu", ROOT / "csrc/include", pybind11.get_include(), sysconfig.get_paths()["include"]]
    sources = [ROOT / "csrc/cpu/module.cpp", folder / "of_a_test.cpp"]
    flags = ["-std=c++17", "-O0", "-shared", "-fPIC", "-fvisibility=hidden", *(f"-I{path}" for path in includes)]
    done = subprocess.run(
        ["g++", *flags, *map(str, sources), "-o", str(target)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[:4000]
    spec = importlib.util.spec_from_file_location("_cpu", target)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_compiler
def test_a_kernel_is_a_file_of_each_language(add_file, tmp_path):
    from kuleshov.cuda.source import joined_source
    from kuleshov.cuda.twin import CudaTwin, operator_names

    luma = np.arange(48, dtype=np.uint8).reshape(2, 4, 6)
    on_cpu = native_module(tmp_path).of_a_test(luma)
    np.testing.assert_array_equal(on_cpu, 255 - luma)

    (tmp_path / "of_a_test.cu").write_text(CUDA_KERNEL)
    add_file("kuleshov.cuda.operators", "of_a_test", f"{CUDA_OPERATOR}\n\nimport numpy as np\n")
    assert "of_a_test" in operator_names()
    runtime = module_of_tests("cuda/emulation.py").EmulatedRuntime(joined_source([tmp_path / "of_a_test.cu"]))
    on_device = CudaTwin(runtime).of_a_test(runtime.upload(luma))
    np.testing.assert_array_equal(on_device, on_cpu)
