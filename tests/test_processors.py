"""Results that must not depend on how a film comes in pieces do not on another processor's arithmetic either.

OpenBLAS chooses its kernels by processor, and some give a row of a matrix product other last bits when the matrix is
of another size. The same tests run again with the kernels of two other processors; the older has none of NumPy's
dispatched instructions either. Without OpenBLAS, or off x86-64, they run once more as they are.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROMISES = (
    "tests/cinema/test_hearing.py::test_measurements_do_not_depend_on_where_blocks_end",
    "tests/cinema/test_cascade.py::test_odds_do_not_depend_on_how_the_film_comes",
    "tests/cinema/test_detectors.py::test_answers_do_not_depend_on_the_batches",
)


@pytest.mark.parametrize("processor", ["Prescott", "Haswell"])
def test_what_does_not_depend_on_pieces_does_not_on_other_processors(processor: str) -> None:
    environment = dict(os.environ, OPENBLAS_CORETYPE=processor, OMP_NUM_THREADS="1")
    if processor == "Prescott":
        environment["NPY_DISABLE_CPU_FEATURES"] = " ".join(np.show_config(mode="dicts")["SIMD Extensions"]["found"])
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PROMISES],
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == -signal.SIGILL:
        pytest.skip(f"this processor lacks instructions of {processor}")
    assert run.returncode == 0, run.stdout + run.stderr
