"""Real clips: what is relevant was seen by looking at a still of every shot (``real.csv``), lengths were measured.

The archive holds the clips of the column ``clip``, whole and no others, so that what is not listed is not relevant.
Judged beside the same peers as the made films.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from captions import ByMeaning, ByWords, caption

from kuleshov.archive import Archive
from kuleshov.query import search
from kuleshov.query.evaluation.judgements import places_of, read_judgements
from kuleshov.query.evaluation.retrieval_scores import ndcg

JUDGED = Path(__file__).with_name("real.csv")
_K = 10


def judge_real(folder: Path) -> dict[str, list[float]]:
    """Return nDCG@10 of Kuleshov and of every peer for each query, over shots."""
    judgements = read_judgements(JUDGED)
    with Archive.open(folder) as archive:
        films = {film.content_id: film for film in archive.films()}
        ids = [span[0] for film in films for span in archive.spans("shot", film)]
        rows = archive.segments("shot", ids)
        texts = [_caption(row) for row in rows]
        places = [(row.film.content_id, row.segment.index) for row in rows]
        peers: list[Any] = [kind(texts) for kind in (ByMeaning, ByWords)]
        found: dict[str, list[float]] = {}
        for query in dict.fromkeys(one.query for one in judgements):
            grades = places_of(archive, [one for one in judgements if one.query == query], "shot")
            hits = [(hit.content_id, hit.index) for hit in search(archive, query, k=_K, unit="shot").hits]
            ranked = {"Kuleshov": hits}
            ranked |= {peer.name: [places[at] for at in peer.ranked(query)[:_K]] for peer in peers}
            for name, order in ranked.items():
                figure = ndcg([grades.get(place, 0.0) for place in order], grades.values(), k=_K)
                found.setdefault(name, []).append(figure)
    return found


def _caption(row: Any) -> str:
    text = row.segment.dialogue.text if row.segment.dialogue is not None else ""
    seconds = row.segment.duration_seconds
    return caption(row.vector, seconds=seconds, segment=row.segment, film=row.film, lines=[text] if text else [])
