"""Cost and quality of each kind of vector index: time to build, bytes, memory and time of a search, recall@10.

Vectors are synthetic: clusters of equal spread, and queries near some of them. That shows how kinds compare and how
they grow, not how they do on real embeddings. CPU seconds of all threads, not wall time, because other work on the
machine changes mostly the latter; every build and every round of searches is a process of its own, so that its memory
can be measured. ``anonymous`` memory is what a process needs; mapped files are added where the system has room for
them.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.vectors.kinds import kind_class
from kuleshov.archive.vectors.settings import IndexSettings

CLUSTERS, SPREAD, NEAR = 1000, 0.7, 0.5
BLOCK_ROWS = 50_000
#: The shares of the vectors that a filter leaves.
SHARES = (1.0, 0.5, 0.1, 0.04, 0.0003)
K = 10


def unit(rows: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def blocks(rows: int, dimensions: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield ids and unit vectors around the cluster centres, the same for the same numbers."""
    centres = np.random.default_rng(0).standard_normal((CLUSTERS, dimensions), dtype=np.float32)
    for start in range(0, rows, BLOCK_ROWS):
        rng, count = np.random.default_rng([1, start]), min(BLOCK_ROWS, rows - start)
        points = centres[rng.integers(0, CLUSTERS, count)]
        points = points + np.float32(SPREAD) * rng.standard_normal((count, dimensions), dtype=np.float32)
        yield np.arange(start, start + count, dtype=np.int64), unit(points)


def queries(rows: int, dimensions: int, count: int) -> NDArray[np.float32]:
    """Unit vectors near vectors of the first block."""
    _, first = next(blocks(rows, dimensions))
    rng = np.random.default_rng(2)
    away = unit(rng.standard_normal((count, dimensions)))
    return unit(first[rng.integers(0, len(first), count)] + NEAR * away)


def allowed(rows: int, share: float) -> NDArray[np.int64] | None:
    if share == 1:
        return None
    return np.flatnonzero(np.random.default_rng(3).random(rows) < share)


def build(arguments: argparse.Namespace) -> dict[str, Any]:
    """Fill an index and save it; the cost excludes making the vectors."""
    index = kind_class(arguments.kind).empty(
        arguments.dimensions, settings=settings(arguments), name=f"benchmark{arguments.rows}"
    )
    cpu_seconds = 0.0
    for ids, vectors in blocks(arguments.rows, arguments.dimensions):
        began = process_time()
        index.add(ids, vectors)
        cpu_seconds += process_time() - began
    began = process_time()
    index.save(arguments.base)
    cpu_seconds += process_time() - began
    files = {path.name.removeprefix(arguments.base.name): path.stat().st_size for path in files_of(arguments.base)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"build_cpu_seconds": cpu_seconds, "build_peak_bytes": peak, "disk_bytes": sum(files.values())}


def look(arguments: argparse.Namespace) -> dict[str, Any]:
    """Search a saved index, for each share; the hits serve to compute the recall of others."""
    began = process_time()
    index = kind_class(arguments.kind).load(
        arguments.base, np.arange(arguments.rows, dtype=np.int64), settings=settings(arguments)
    )
    opened = process_time() - began
    wanted = queries(arguments.rows, arguments.dimensions, arguments.queries)
    told: dict[str, Any] = {"open_cpu_seconds": opened, "shares": {}}
    for share in SHARES:
        ids, times, found = allowed(arguments.rows, share), [], []
        index.search(wanted[0], k=K, allowed=ids)  # work done only once
        for query in wanted:
            began = process_time()
            hits = index.search(query, k=K, allowed=ids)
            times.append(1000 * (process_time() - began))
            found.append([each for each, _ in hits])
        again = [[each for each, _ in index.search(query, k=K, allowed=ids)] for query in wanted[:5]]
        told["shares"][str(share)] = {
            "cpu_ms_p50": float(np.percentile(times, 50)),
            "cpu_ms_p95": float(np.percentile(times, 95)),
            "repeats": again == found[:5],
            "hits": found,
        }
    told["anonymous_bytes"] = anonymous_bytes()
    return told


def settings(arguments: argparse.Namespace) -> IndexSettings:
    return IndexSettings(shard_rows=arguments.shard_rows, shard_kind=arguments.shard_kind, milvus=arguments.milvus)


def files_of(base: Path) -> list[Path]:
    return sorted(base.parent.glob(f"{base.name}.*"))


def anonymous_bytes() -> int:
    """The memory of this process that is not a mapped file (Linux)."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


def measure(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Every kind at every number of rows, each step a process of its own; hits are compared with those of ``flat``."""
    results = []
    for rows in arguments.rows_list:
        exact: dict[str, Any] = {}
        for kind in ["flat", *(kind for kind in arguments.kinds if kind != "flat")]:
            with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
                base = Path(folder) / "gen-1"
                built, searched = (step(name, arguments, kind, rows, base) for name in ("build", "look"))
            exact = exact or searched["shares"]
            for share, told in searched["shares"].items():
                pairs = zip(told.pop("hits") if kind != "flat" else told["hits"], exact[share]["hits"], strict=True)
                told["recall"] = float(np.mean([len(set(found) & set(best)) / len(best) for found, best in pairs]))
            results.append({"kind": kind, "rows": rows, **built, **searched})
            show(results[-1])
        for told in exact.values():
            del told["hits"]
    return results


def step(name: str, arguments: argparse.Namespace, kind: str, rows: int, base: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--step", name, "--kinds", kind, "--rows", str(rows), "--base", str(base)]
    for option in ("dimensions", "queries", "shard_rows", "shard_kind", "milvus"):
        command += [f"--{option.replace('_', '-')}", str(getattr(arguments, option))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def show(result: dict[str, Any]) -> None:
    print(
        f"{result['kind']:11} {result['rows']:>9,} rows: built in {result['build_cpu_seconds']:.1f} s of CPU, peak "
        f"{result['build_peak_bytes'] / 1e6:,.0f} MB, {result['disk_bytes'] / 1e6:,.0f} MB on disk, "
        f"{result['anonymous_bytes'] / 1e6:,.0f} MB to search"
    )
    for share, told in result["shares"].items():
        print(
            f"    {float(share):7.2%} allowed: {told['cpu_ms_p50']:8.2f} ms, p95 {told['cpu_ms_p95']:8.2f} ms, "
            f"recall@{K} {told['recall']:.3f}{'' if told['repeats'] else ', NOT the same on repeat'}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000], dest="rows_list")
    parser.add_argument("--kinds", nargs="+", default=["flat", "ivf-sq8", "ivf-rabitq", "sharded"])
    parser.add_argument("--dimensions", type=int, default=512)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--shard-rows", type=int, default=250_000)
    parser.add_argument("--shard-kind", default="ivf-rabitq")
    parser.add_argument("--milvus", default="", help="address of a server, for the kind milvus")
    parser.add_argument("--folder", type=Path, help="where the indexes are put meanwhile")
    parser.add_argument("--json", type=Path, help="write the results there")
    parser.add_argument("--step", choices=["build", "look"], help=argparse.SUPPRESS)
    parser.add_argument("--base", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        arguments.rows, arguments.kind = arguments.rows_list[0], arguments.kinds[0]
        print(json.dumps((build if arguments.step == "build" else look)(arguments)))
        return
    results = measure(arguments)
    if arguments.json:
        about = {"machine": platform.processor() or platform.machine(), "dimensions": arguments.dimensions}
        about |= {"queries": arguments.queries, "shard_rows": arguments.shard_rows, "shard_kind": arguments.shard_kind}
        arguments.json.write_text(json.dumps({**about, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
