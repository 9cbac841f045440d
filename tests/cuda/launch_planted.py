"""Launches one kernel of ``planted.cu`` on 64 numbers, in so many blocks; run under a sanitizer by the tests."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np

from kuleshov.cuda.source import joined_source


def main() -> None:
    spec = importlib.util.spec_from_file_location("emulation", Path(__file__).with_name("emulation.py"))
    emulation = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(emulation)
    source = joined_source([Path(__file__).with_name("planted.cu")])
    on = emulation.EmulatedRuntime(source, build=os.environ["KULESHOV_EMULATION_BUILD"])
    out = on.zeros((64,), "int32")
    numbers = on.upload(np.arange(64, dtype=np.int32))
    on.launch(sys.argv[1], grid=(int(sys.argv[2]), 1, 1), block=(64, 1, 1), arguments={"in": numbers, "out": out})
    print(out.tolist())


if __name__ == "__main__":
    main()
