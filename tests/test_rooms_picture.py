"""docs/rooms.svg: the picture of the rooms is that of the code."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def rooms() -> Any:
    spec = importlib.util.spec_from_file_location("rooms", DOCS / "rooms.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def drawn(rooms: Any) -> str:
    return rooms.rooms_picture()


def test_the_picture_is_that_of_the_code(rooms, drawn):
    assert rooms.PICTURE.read_text(encoding="utf-8") == drawn, "run `make docs`"


def test_every_room_is_drawn_once(rooms, drawn):
    texts = [node.text for node in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    folders = {path.stem for path in rooms.PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    for room in folders - {"__init__"}:
        assert texts.count(room) == 1


def test_no_room_imports_from_a_higher_floor(drawn):
    assert "Against the rule" not in drawn
