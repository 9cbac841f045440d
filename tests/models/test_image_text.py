"""Image-text models, through the real loaders, on checkpoints that the tests make."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kuleshov.errors import ModelError
from kuleshov.models.dual_encoder import DualEncoder, picture_form
from kuleshov.models.image_text import PictureForm, open_image_text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from image_text_checkpoints import COLOURS, SIDE, flat, write_clip, write_siglip, write_xclip

pytest.importorskip("transformers", reason="image-text models need the extra sight")

TEXTS = ["a train at dusk", "a boat", "the red window", "woman", "a woman", "A Boat of the MEADOW"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory, one_thread):
    folder = tmp_path_factory.mktemp("checkpoints")
    return {
        "clip": write_clip(folder / "tiny-clip", knows_colours=True),
        "siglip": write_siglip(folder / "tiny-siglip"),
        "xclip": write_xclip(folder / "tiny-xclip"),
    }


def noise(count: int, *, frames: int = 1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, frames, 3, SIDE, SIDE), dtype=np.uint8)


@pytest.mark.parametrize(("kind", "frames"), [("clip", 1), ("siglip", 1), ("xclip", 4)])
def test_a_batch_is_what_its_pictures_are_alone(folders, kind, frames):
    model = open_image_text(str(folders[kind]), engine="torch")
    assert model.frames == frames
    assert model.computed == "torch float32"
    pictures = noise(5, frames=frames)
    together = model.embed_images(pictures)
    assert together.dtype == np.float32
    assert together.shape == (5, model.dimensions)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([model.embed_images(pictures[n : n + 1]) for n in range(5)])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_array_equal(together, model.embed_images(pictures))
    assert np.abs(together[0] - together[1]).max() > 1e-3
    texts = model.embed_texts(TEXTS)
    np.testing.assert_allclose(texts, np.concatenate([model.embed_texts([text]) for text in TEXTS]), atol=1e-5)
    apart = np.abs(texts[:, None] - texts[None]).max(axis=2) + np.eye(len(TEXTS))
    assert apart.min() > 1e-4  # all texts get vectors of their own


def test_vectors_are_those_of_transformers_itself(folders):
    import torch
    from transformers import CLIPImageProcessorPil, CLIPModel, PreTrainedTokenizerFast

    folder = folders["clip"]
    network = CLIPModel.from_pretrained(folder).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    processor = CLIPImageProcessorPil.from_pretrained(folder)
    pictures = noise(3)
    with torch.no_grad():
        given = processor([Image.fromarray(one[0].transpose(1, 2, 0)) for one in pictures], return_tensors="pt")
        seen = network.get_image_features(**given).pooler_output
        said = network.get_text_features(**tokenizer(TEXTS, padding=True, return_tensors="pt")).pooler_output
    model = DualEncoder(str(folder), engine="torch")
    for ours, theirs in ((model.embed_images(pictures), seen), (model.embed_texts(TEXTS), said)):
        np.testing.assert_allclose(ours, (theirs / theirs.norm(dim=1, keepdim=True)).numpy(), atol=2e-6)


def test_siglip_reads_small_letters_padded_to_its_length(folders):
    import torch
    from transformers import PreTrainedTokenizerFast, SiglipModel

    network = SiglipModel.from_pretrained(folders["siglip"]).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folders["siglip"])
    ids = tokenizer(["a boat"], padding="max_length", max_length=16, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        said = network.get_text_features(input_ids=ids).pooler_output
    model = DualEncoder(str(folders["siglip"]), engine="torch")
    np.testing.assert_allclose(model.embed_texts(["A Boat"]), (said / said.norm()).numpy(), atol=2e-6)


def test_a_word_is_nearest_to_what_it_shows(folders):
    model = open_image_text(str(folders["clip"]), engine="torch")
    pictures = model.embed_images(np.concatenate([flat(colour) for colour in COLOURS.values()]))
    alike = model.embed_texts(list(COLOURS)) @ pictures.T
    assert alike.argmax(axis=1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(alike.diagonal(), 1, atol=1e-4)


def test_openvino_agrees_with_torch(folders):
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    pictures = noise(3)
    slow, fast = (open_image_text(str(folders["clip"]), engine=engine) for engine in ("torch", "openvino"))
    assert fast.computed == "openvino float32"
    for count in (3, 1):
        np.testing.assert_allclose(fast.embed_images(pictures[:count]), slow.embed_images(pictures[:count]), atol=1e-5)


def test_bfloat16_stays_near(folders):
    exact, near = (
        open_image_text(str(folders["clip"]), engine="torch", precision=precision)
        for precision in ("float32", "bfloat16")
    )
    pictures = noise(4)
    assert near.computed == "torch bfloat16"
    assert (exact.embed_images(pictures) * near.embed_images(pictures)).sum(axis=1).min() > 0.999
    assert near.identity == exact.identity
    with pytest.raises(ModelError, match="float16 is for a GPU"):
        open_image_text(str(folders["clip"]), precision="float16")


def test_identity_is_that_of_the_content(folders, tmp_path):
    moved = shutil.copytree(folders["clip"], tmp_path / "tiny-clip")
    same = open_image_text(str(moved), engine="torch")
    assert same.identity == open_image_text(str(folders["clip"]), engine="torch").identity
    assert same.identity.startswith("tiny-clip ")
    assert same.source == str(moved)
    other = write_clip(tmp_path / "other/tiny-clip", seed=1)
    assert open_image_text(str(other), engine="torch").identity != same.identity


def test_weights_in_an_installed_package_are_found(folders, tmp_path, monkeypatch):
    package = tmp_path / "a_package_with_eyes"
    shutil.copytree(folders["clip"], package / "model")
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    model = open_image_text(package.name, engine="torch")
    assert model.identity.startswith("a_package_with_eyes ")
    assert package.name not in sys.modules  # its code is not run


def test_what_can_t_be_had_is_told_with_the_remedy(folders, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"not in the hub's cache.*hf download"):
        open_image_text("nobody/no-such-model")
    with pytest.raises(ModelError, match="there is no such folder"):
        open_image_text("/no/such/folder")
    with pytest.raises(ModelError, match=r"must have config.json and weights"):
        open_image_text(str(tmp_path))
    broken = shutil.copytree(folders["clip"], tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"broken: no checkpoint that transformers can load"):
        open_image_text(str(broken))


def test_weights_that_are_missing_are_not_made_up(folders, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(folders["clip"], tmp_path / "part")
    weights = load_file(folder / "model.safetensors")
    del weights["visual_projection.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"1 of the network's weights are not in it, as visual_projection.weight"):
        open_image_text(str(folder))


def test_an_end_outside_the_vocabulary_is_refused(tmp_path):
    folder = write_clip(tmp_path / "clip", end=49407)
    with pytest.raises(ModelError, match=r"eos_token_id 49407 lies outside the vocabulary"):
        open_image_text(str(folder))


def test_an_end_that_no_text_has_is_refused(tmp_path):
    folder = write_clip(tmp_path / "clip", end=5)  # of the vocabulary, and never where a text ends
    with pytest.raises(ModelError, match="different texts get the same vector"):
        open_image_text(str(folder))


@pytest.mark.parametrize(
    ("stated", "form"),
    [
        ({"size": 224, "crop_size": 224, "do_center_crop": True}, (224, 224, (1.0, 1.0))),
        (
            {"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}, "do_center_crop": True},
            (224, 224, (0.875, 0.875)),
        ),
        ({"size": {"height": 384, "width": 384}}, (384, 384, None)),
    ],
    ids=["CLIP of old", "with a margin", "SigLIP"],
)
def test_how_pictures_are_taken_is_read(tmp_path, stated, form):
    numbers = {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.2, 0.2]}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({**stated, **numbers}))
    read = picture_form(tmp_path)
    assert (read.width, read.height, read.centre) == form
    assert read.mean == (0.5, 0.4, 0.3)


def test_a_form_shows_the_middle():
    form = PictureForm(224, 224, (0, 0, 0), (1, 1, 1), (0.875, 0.875))
    np.testing.assert_allclose(form.box((256, 128)), (0.28125, 0.0625, 0.71875, 0.9375))
    assert PictureForm(224, 224, (0, 0, 0), (1, 1, 1)).box((256, 128)) == (0, 0, 1, 1)


def test_open_clip_s_loader_says_what_is_missing():
    with pytest.raises(ModelError, match="name the weights as well"):
        open_image_text("open_clip:ViT-B-32")
    try:
        import open_clip  # noqa: F401
    except ImportError:
        with pytest.raises(ModelError, match="pip install open_clip_torch torchvision"):
            open_image_text("open_clip:ViT-B-32/laion2b_s34b_b79k")
    else:
        with pytest.raises(ModelError, match="list_pretrained"):
            open_image_text("open_clip:no-such-architecture/openai")


def test_open_clip_s_models_are_loaded(tmp_path: Path):
    try:
        import open_clip
    except ImportError as error:
        pytest.skip(f"open_clip can't be imported: {error}")
    import torch

    made = open_clip.create_model("RN50", pretrained=None)
    torch.save(made.state_dict(), tmp_path / "weights.pt")
    model = open_image_text(f"open_clip:RN50/{tmp_path / 'weights.pt'}")
    pictures = np.random.default_rng(0).integers(0, 256, (2, 1, 3, 224, 224), dtype=np.uint8)
    together = model.embed_images(pictures)
    np.testing.assert_allclose(together[1:], model.embed_images(pictures[1:]), atol=1e-3)
    assert model.embed_texts(["a", "b"]).shape == together.shape
