"""An archive of clips and its answers: searches, explanations, ``why``, and all other commands on an archive."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from commands import Scrubber, by_command, run_apart, run_here, write_record
from store import archive_content, table_content

_HERE = Path(__file__).parent
_CHECKPOINTS = _HERE.parents[1] / "tests/image_text_checkpoints.py"
_GRAMMARS = _HERE.parents[1] / "examples/grammars"
_PLACE = re.compile(r"^\{(\w+)\}")
_DIGEST_BYTES = 8
#: Files beside the films: a shot list, and judgements of search results.
_BESIDE = {
    "base.csv": "start,end\n0.0,3.0\n3.0,5.0\n5.0,8.0\n",
    "judged.csv": "query,film,grade,time\ntense long take,Sintel,2,12\ntense long take,Sunrise,1,10\ndark,Sintel,3,20\n"
    "dark,Film 03,1,5\nbright,Sunrise,3,2\n",
}


class Asked:
    """The archive, the folders around it, and how to run commands on it."""

    def __init__(self, scratch: Path, data: Path, scrubber: Scrubber) -> None:
        self.data, self.scrubber = data, scrubber
        self.archive, self.films, self.written = scratch / "archive", scratch / "films", scratch / "written"
        self.model = scratch / "image-text"
        self.written.mkdir()
        self._places = {"films": self.films, "out": self.written, "archive": self.archive, "grammars": _GRAMMARS}

    def command(self, words: Sequence[str], *, json: bool = True, keys: str = "") -> dict[str, Any]:
        """Run a command on the archive; its result includes the files that it wrote."""
        named = [_PLACE.sub(lambda place: str(self._places[place[1]]), word) for word in words]
        places = ["--json"] if json and words[0] != "annotate" else []
        if words[0] != "grammars":
            places += ["--archive", str(self.archive)]
        result = run_here(self.scrubber, *named, *places, keys=keys)
        files = {path.name: self._content(path) for path in sorted(self.written.iterdir())}
        for path in self.written.iterdir():
            path.unlink()
        return result | ({"files": files} if files else {})

    def _content(self, path: Path) -> Any:
        if path.suffix in (".json", ".otio"):
            return self.scrubber.document(json.loads(path.read_text(encoding="utf-8")))
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                return self.scrubber.document(list(csv.DictReader(file)))
        if path.suffix == ".parquet":
            return table_content(path, self.scrubber)
        if path.suffix == ".png":
            return hashlib.blake2b(path.read_bytes(), digest_size=_DIGEST_BYTES).hexdigest()
        return self.scrubber.lines(path.read_text(encoding="utf-8"))


def write_archive(out: Path, asked: Asked) -> None:
    """Make the archive and write ``archive/*.json``: its ingest, its content, and ``show`` and ``arc`` of each film."""
    _lay_out_films(asked)
    _make_model(asked.model)
    words = ("ingest", asked.films, "--sight", asked.model, "--json", "--archive", asked.archive)
    twice = [run_apart(asked.scrubber, *words) for _ in range(2)]  # the second time every film is present
    write_record(out / "archive", "ingest", twice)
    write_record(out / "archive", "content", archive_content(asked.archive, asked.scrubber))
    listed = asked.command(["films"])["document"]["films"]
    for command in ("show", "arc"):
        found = {film["title"]: asked.command([command, film["content_id"]]) for film in listed}
        write_record(out / "archive", command, found)


def write_answers(out: Path, asked: Asked) -> None:
    """Write the archive's answers, then the results of commands that change it."""
    questions = tomllib.loads((_HERE / "questions.toml").read_text(encoding="utf-8"))
    for kind, texts in questions["search"].items():
        _write(out, f"search/{kind}", asked, (["search", text] for text in texts))
    _write(out, "search/options", asked, (["search", *words] for words in questions["search-with"]["options"]))
    _write_json_queries(out, asked, questions["search-json"]["queries"])
    _write(
        out,
        "search/explained",
        asked,
        (["search", text, "--explain"] for text in questions["explain"]["texts"]),
        json=False,
    )
    _write(out, "why/read", asked, (["why", place] for place in questions["why"]["places"]))
    _write(out, "why/read-text", asked, (["why", place] for place in questions["why"]["places"]), json=False)
    _write(out, "why/not", asked, (["why", *words] for words in questions["why"]["not"]))
    _write(out, "why/not-text", asked, (["why", *words] for words in questions["why"]["not"]), json=False)
    _write(out, "commands/json", asked, questions["archive"]["commands"])
    told = [words for words in questions["archive"]["commands"] if words[0] not in ("export", "plot", "reindex")]
    _write(out, "commands/text", asked, told, json=False)
    write_record(out, "python", _in_python_or_error(asked, questions))
    _write(out, "changes/commands", asked, questions["archive"]["changes"])
    typed = asked.command(["annotate", "--as", "cy", "-k", "2"], keys=questions["archive"]["keys"], json=False)
    write_record(out / "changes", "annotate", typed)
    write_record(out / "changes", "content", archive_content(asked.archive, asked.scrubber))


def _write(out: Path, name: str, asked: Asked, commands: Iterable[Sequence[str]], *, json: bool = True) -> None:
    print(name, flush=True)
    results = [(words, asked.command(words, json=json)) for words in commands]
    write_record(out, name, by_command(results, asked.scrubber))


def _write_json_queries(out: Path, asked: Asked, queries: Sequence[str]) -> None:
    results = [(["search", query], asked.command(["search", "--query-json", "-"], keys=query)) for query in queries]
    write_record(out, "search/as-json", by_command(results, asked.scrubber))


def _in_python_or_error(asked: Asked, questions: dict[str, Any]) -> dict[str, Any]:
    try:
        return _in_python(asked, questions)
    except Exception as error:  # a broken function must not lose the records that follow
        return {"exit": f"raised {type(error).__name__}: {asked.scrubber.text(str(error))}"}


def _in_python(asked: Asked, questions: dict[str, Any]) -> dict[str, Any]:
    """Return the results of the public functions in Python."""
    from kuleshov import Archive, search, similar
    from kuleshov.query import described, example_at, matches, parse, repetitions, with_arc

    found: dict[str, Any] = {}
    with Archive.open(asked.archive) as archive:
        for text in [texts[0] for texts in questions["search"].values()]:
            result = search(archive, text, k=3)
            found[f"search {text}"] = result.to_json()
            found[f"again {text}"] = search(archive, result.query, k=3).hits == result.hits
        drawn = with_arc(parse("dark"), "0,0.5,-0.5", of="tension")
        found["with_arc"] = {"reading": drawn.to_json(), "described": list(described(drawn))}
        example = example_at(archive, archive.resolve("Sintel"), 12.0, unit="shot")
        near = similar(archive, example, k=3)
        found["similar"] = {"weights": dict(near.weights), "notes": list(near.notes), **near.result.to_json()}
        films = archive.films()
        found["repetitions"] = [group.to_json() for group in repetitions(archive, films)]
        shots = [[id for id, _, _ in archive.spans("shot", film.content_id)] for film in films[:2]]
        found["matches"] = [match.to_json() for match in matches(archive, *shots, k=3)]
        found["counts"] = {unit: len(archive.columns(unit)) for unit in ("shot", "scene")}
        found["vector_names"] = list(archive.vector_names)
    return dict(asked.scrubber.document(found))


def _lay_out_films(asked: Asked) -> None:
    """Copy the clips of ``films.toml`` into a folder, with the files beside them."""
    asked.films.mkdir()
    for film in tomllib.loads((_HERE / "films.toml").read_text(encoding="utf-8"))["film"]:
        clip = asked.data / film["clip"]
        place = asked.films / f"{film['name']}{clip.suffix}"
        shutil.copyfile(clip, place)
        for name in film.get("beside", ()):
            shutil.copyfile(_HERE / "beside" / name, place.with_suffix(Path(name).suffix))
        if "about" in film:
            place.with_suffix(".toml").write_text("\n".join(_toml(film["about"])) + "\n", encoding="utf-8")
    for name, text in _BESIDE.items():
        (asked.films / name).write_text(text, encoding="utf-8")


def _toml(about: dict[str, Any]) -> Iterator[str]:
    for key, value in about.items():
        yield f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _make_model(folder: Path) -> None:
    """Write the small image-text model of the tests. Its weights are random, but the same every time."""
    spec = importlib.util.spec_from_file_location("image_text_checkpoints", _CHECKPOINTS)
    assert spec is not None
    assert spec.loader is not None
    checkpoints = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checkpoints)
    checkpoints.write_clip(folder)
