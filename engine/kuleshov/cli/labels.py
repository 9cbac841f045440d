"""``kuleshov agreement``, ``labels`` and ``reread``: people's labels as tables, and new scores."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kuleshov.cli.labelling import VocabularyFileOption, VocabularyOption
from kuleshov.cli.options import DEFAULT_ARCHIVE, ArchiveOption, ForceOption, JsonOption, NormsOption

labels = typer.Typer(help="People's labels as CSV tables.", no_args_is_help=True)


def agreement(archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False) -> None:
    """Show how far annotators agree: Krippendorff's alpha, and intraclass correlations ICC(2,1) and ICC(2,k)."""
    from dataclasses import asdict

    from kuleshov.annotations.ratings import agreement as agree
    from kuleshov.annotations.ratings import place
    from kuleshov.archive import Archive
    from kuleshov.cli import render

    with Archive.open(archive) as store:
        placed = place(store)
    agreements = agree(placed)
    if json:
        render.print_json(
            {"archive": str(archive), "adrift": len(placed.adrift), "agreement": list(map(asdict, agreements))}
        )
        return
    for entry in agreements:
        icc = (
            ""
            if entry.icc_single != entry.icc_single
            else f", ICC(2,1) {entry.icc_single:.2f}, ICC(2,k) {entry.icc_mean:.2f}"
        )
        render.say(
            f"{entry.subject}: alpha {entry.alpha:.2f} ({entry.level}), {entry.units} segments, "
            f"{entry.annotators} people{icc}"
        )
    if not agreements:
        render.say("No two people have labelled the same shot or scene yet.")
    if placed.adrift:
        render.say(f"{len(placed.adrift)} statements match no shot or scene as the films are divided now.")


@labels.command("export")
def export_labels(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.csv", help="The file to write.")],
    force: ForceOption = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Write all labels ever given, one row a statement."""
    from kuleshov.annotations.annotation_store import AnnotationStore
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
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The table; its columns: docs/learning.md.")],
    vocabulary: VocabularyOption = "film",
    vocabulary_file: VocabularyFileOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Add the statements of a table; those that are stored already are skipped."""
    from dataclasses import asdict

    from kuleshov.annotations.tables import import_csv
    from kuleshov.annotations.vocabulary import load_vocabulary
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.pipeline.job.versions import installed_version

    words = load_vocabulary(vocabulary, path=vocabulary_file)
    with Archive.open(archive) as store:
        done = import_csv(file, store, vocabulary=words, version=installed_version("kuleshov"))
    if json:
        render.print_json({"file": str(file)} | asdict(done))
    else:
        render.say(f"{done.added} statements added, {done.present} stored already.")


def reread(
    grammar: Annotated[
        Path | None,
        typer.Argument(metavar="[GRAMMAR]", help="A grammar file, or a folder of several (default: Kuleshov's own)."),
    ] = None,
    norms: NormsOption = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Score all films of an archive again with another grammar (a learned one, for example) or other norms.

    No film is decoded.
    """
    from kuleshov.archive import Archive
    from kuleshov.cli import render
    from kuleshov.pipeline.rescore import rescore

    with Archive.open(archive, write=True) as store:
        changed = [
            film.title for film in store.films() if rescore(store, film.content_id, grammar=grammar, norms=norms)
        ]
        store.refresh()
    if json:
        render.print_json({"archive": str(archive), "reread": changed})
    else:
        render.say(f"{len(changed)} films scored again.")
