"""What works on this machine, what does not, and why."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kuleshov.device import Device, resolve_device
from kuleshov.errors import KuleshovError
from kuleshov.models.checkpoints import first_cached
from kuleshov.models.face_networks import face_networks, face_networks_problem
from kuleshov.models.image_text import KNOWN
from kuleshov.models.voice_activity import NETWORK
from kuleshov.pipeline.job.versions import installed_version


@dataclass(frozen=True)
class Finding:
    """One part of the engine: whether it works here, and its version or what is missing."""

    name: str
    works: bool
    detail: str


@dataclass(frozen=True)
class Examination:
    """All findings; ``problems`` keep Kuleshov from working, or are damage to an archive."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def examine(archive: Path) -> Examination:
    """Examine this machine, and check the archive at that path if there is one."""
    report = Examination()
    report.findings.append(
        Finding("kuleshov", True, f"{installed_version('kuleshov')} on Python {platform.python_version()}")
    )
    device = resolve_device("auto")
    report.findings.append(Finding(f"device {device.name}", True, device.reason))
    for name, test in (
        ("native kernels", _native),
        ("decoder cpu", _decoder),
        ("vectors", _vectors),
    ):
        try:
            report.findings.append(Finding(name, True, test()))
        except Exception as error:
            report.findings.append(Finding(name, False, str(error)))
            report.problems.append(f"{name}: {error}")
    report.findings.append(_gpu_decoder(device))
    _detectors(report)
    report.findings.append(Finding("voice activity", True, NETWORK))
    report.findings.extend(_readers())
    problem = face_networks_problem()
    report.findings.append(Finding("faces", problem is None, problem or ", ".join(face_networks().values())))
    report.findings.append(_sight())
    _archive(report, archive)
    return report


def _native() -> str:
    from kuleshov._cpu import build_info

    return ", ".join(f"{name} {value}" for name, value in build_info().items())


def _decoder() -> str:
    import av

    libraries = ", ".join(
        f"{name} {'.'.join(str(part) for part in av.library_versions[name])}" for name in ("libavcodec", "libavformat")
    )
    return f"PyAV {av.__version__}, {libraries}"


def _gpu_decoder(device: Device) -> Finding:
    """The GPU's decoder; no GPU is not a problem."""
    if device.name == "cpu":
        return Finding("decoder nvdec", False, "no GPU in use")
    from kuleshov.decode.capabilities import CODECS
    from kuleshov.decode.nvdec import decoder_caps

    try:
        caps = {
            f"{codec} {depth}": decoder_caps(device.name, codec, depth)
            for codec in CODECS.values()
            for depth in (8, 10)
        }
    except KuleshovError as error:
        return Finding("decoder nvdec", False, str(error))
    supported = [name for name, each in caps.items() if each.supported]
    engines = max(each.engines for each in caps.values())
    return Finding("decoder nvdec", bool(supported), f"{engines} engines; bits by codec: {', '.join(supported)}")


def _vectors() -> str:
    import faiss

    from kuleshov.archive.vectors.device import engine_name

    return f"FAISS {faiss.__version__}; the index kind device would search by {engine_name()}"


def _detectors(report: Examination) -> None:
    """Add the shot detectors; only the default one's being unavailable is a problem."""
    from kuleshov.cinema.detectors import detector_names, open_detectors
    from kuleshov.pipeline.job.settings import Settings

    for name in detector_names():
        try:
            models = open_detectors(name).models
            detail = ", ".join(f"{model} {which}" for model, which in models.items()) or "no model needed"
            report.findings.append(Finding(f"shots {name}", True, detail))
        except KuleshovError as error:
            report.findings.append(Finding(f"shots {name}", False, str(error)))
            if name == Settings().shots:
                report.problems.append(str(error))


def _readers() -> list[Finding]:
    """The models of dialogue; films are described without them as well."""
    from kuleshov.models.dialogue_emotion import DialogueEmotion
    from kuleshov.models.minilm import MiniLm

    findings = []
    for name, load in (("meaning of lines", MiniLm), ("feeling of lines", DialogueEmotion)):
        try:
            findings.append(Finding(name, True, load().identity))
        except KuleshovError as error:
            findings.append(Finding(name, False, str(error)))
    from kuleshov.models.speech_to_text import find_weights

    try:
        findings.append(
            Finding("speech to text", True, f"{find_weights('auto')[1]}, used where --transcribe asks for it")
        )
    except KuleshovError as error:
        findings.append(Finding("speech to text", False, str(error)))
    return findings


def _sight() -> Finding:
    """The image-text model that ``auto`` would take; it is not loaded."""
    try:
        model = first_cached(KNOWN)
    except KuleshovError as error:
        return Finding("image-text model", False, str(error))
    return Finding("image-text model", True, f"{model} in the hub's cache, used where --sight asks for it")


def _archive(report: Examination, path: Path) -> None:
    if not path.exists():
        report.findings.append(Finding(f"archive {path}", False, "not there yet; kuleshov ingest makes it"))
        return
    from kuleshov.annotations.annotation_store import AnnotationStore
    from kuleshov.archive import Archive

    try:
        with Archive.open(path) as store:
            report.findings.append(Finding(f"archive {path}", True, f"{len(store.films())} films"))
            for unit, space, vectors, kind in store.index_kinds():
                detail = f"{vectors} {unit}s by {space.model}, index {kind}"
                report.findings.append(Finding(f"space {space.space}", True, detail))
            report.problems.extend([*store.check(), *AnnotationStore(path).problems()])
    except KuleshovError as error:
        report.findings.append(Finding(f"archive {path}", False, str(error)))
        report.problems.append(str(error))
