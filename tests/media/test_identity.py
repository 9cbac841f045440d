"""The identity of a film: the hash of its content, computed beforehand or while the film is read."""

from __future__ import annotations

import hashlib
from concurrent.futures import CancelledError
from threading import Event
from time import sleep

import pytest

from kuleshov.media import identity
from kuleshov.media.identity import content_id, hash_alongside

CONTENT = bytes(range(256)) * 40_000  # more than one block


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.mkv"
    path.write_bytes(CONTENT)
    return path


def test_it_is_blake2b_of_the_whole_file_however_it_is_computed(film):
    expected = hashlib.blake2b(CONTENT, digest_size=16).hexdigest()
    assert content_id(film) == expected
    with hash_alongside(film) as future:
        assert future.result() == expected


def test_a_known_identity_is_not_computed_again(tmp_path):
    with hash_alongside(tmp_path / "absent.mkv", known="abc") as future:
        assert future.result() == "abc"


def test_a_file_that_can_not_be_read_is_an_error_where_its_identity_is_asked_for(tmp_path):
    with hash_alongside(tmp_path / "absent.mkv") as future, pytest.raises(FileNotFoundError):
        future.result()


def test_hashing_ends_with_the_block(film, monkeypatch):
    """A film that fails while it is decoded is not read to its end, which would take minutes here."""
    started = Event()

    class Slow:
        def __init__(self, **options):
            pass

        def update(self, block):
            started.set()
            sleep(0.02)

    monkeypatch.setattr(identity.hashlib, "blake2b", Slow)
    monkeypatch.setattr(identity, "_BLOCK_BYTES", 1000)
    futures = []
    with pytest.raises(ZeroDivisionError), hash_alongside(film) as future:  # noqa: PT012
        futures.append(future)
        assert started.wait(10)
        raise ZeroDivisionError
    with pytest.raises(CancelledError):
        futures[0].result()
