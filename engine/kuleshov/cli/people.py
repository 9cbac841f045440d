"""``kuleshov agreement``, ``labels``, ``reread``: what people said, as tables, and what follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kuleshov.cli.labelling import VocabularyFileOption, VocabularyOption
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, JsonOption, NormsOption

labels = typer.Typer(help="What people said of films, as CSV.", no_args_is_help=True)


def agreement(archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False) -> None:
    """How far annotators agree: Krippendorff's alpha, and intraclass correlations ICC(2,1) and ICC(2,k)."""
    from dataclasses import asdict

    from kuleshov.annotations.ratings import agreement as agree
    from kuleshov.annotations.ratings import place
    from kuleshov.archive import Archive
    from kuleshov.cli import render

    with Archive.open(archive) as store:
        placed = place(store)
    found = agree(placed)
    if json:
        render.print_json(
            {"archive": str(archive), "adrift": len(placed.adrift), "agreement": list(map(asdict, found))}
        )
        return
    for each in found:
        icc = (
            ""
            if each.icc_single != each.icc_single
            else f", ICC(2,1) {each.icc_single:.2f}, ICC(2,k) {each.icc_mean:.2f}"
        )
        render.say(
            f"{each.subject}: alpha {each.alpha:.2f} ({each.level}), {each.units} segments, "
            f"{each.annotators} people{icc}"
        )
    if not found:
        render.say("No two people spoke of the same thing yet.")
    if placed.adrift:
        render.say(f"{len(placed.adrift)} statements lie on no segment as the films are divided now.")


@labels.command("export")
def export_labels(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.csv", help="Where the table goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there already.")] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Write all that was ever said, one row a statement."""
    from kuleshov.annotations.store import AnnotationStore
    from kuleshov.annotations.tables import as_csv
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.export.write import refuse_existing

    with Archive.open(archive) as store:
        annotations = AnnotationStore(store.path)
        count = len(annotations.everything())
        refuse_existing(out, force=force)
        out.write_text(as_csv(annotations), encoding="utf-8")
    if json:
        render.print_json({"file": str(out), "statements": count})
    else:
        render.say(f"Wrote {count} statements to {out}.")


@labels.command("import")
def import_labels(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns: docs/learning.md.")],
    vocabulary: VocabularyOption = "film",
    vocabulary_file: VocabularyFileOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Add the statements of a table; those that are there already are left alone."""
    from dataclasses import asdict

    from kuleshov.annotations.tables import import_csv
    from kuleshov.annotations.vocabulary import load_vocabulary
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.pipeline.versions import installed_version

    words = load_vocabulary(vocabulary, path=vocabulary_file)
    with Archive.open(archive) as store:
        done = import_csv(file, store, vocabulary=words, version=installed_version("kuleshov"))
    if json:
        render.print_json({"file": str(file)} | asdict(done))
    else:
        render.say(f"{done.added} statements added, {done.present} there already.")


def reread(
    grammar: Annotated[
        Path | None,
        typer.Argument(
            metavar="[GRAMMAR]", help="A grammar file, or a folder of several; without one, Kuleshov's own."
        ),
    ] = None,
    norms: NormsOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Let all films of an archive read as a grammar has it, a learned one for example, and judged by norms or, without,
    by its reference; nothing is decoded."""
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.pipeline.rescore import rescore as read_again

    with Archive.open(archive, write=True) as store:
        changed = [
            film.title for film in store.films() if read_again(store, film.content_id, grammar=grammar, norms=norms)
        ]
        store.refresh()
    if json:
        render.print_json({"archive": str(archive), "reread": changed})
    else:
        render.say(f"{len(changed)} films read anew.")
