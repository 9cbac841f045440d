"""What the parts of a query are matched against: an archive, the films searched, its columns and calibrations."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Collection
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.archive_norms import stored_norms
from kuleshov.archive.columns.columns import MEASURE_PATHS
from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, explain
from kuleshov.cinema.attributes.measures import measure
from kuleshov.emotion.norm_comparison import NormComparison
from kuleshov.emotion.norms import Norms
from kuleshov.errors import QueryError
from kuleshov.query.matching.calibration import PLAIN, Calibration, calibration_of
from kuleshov.query.matching.column_table import ColumnTable, table_of
from kuleshov.query.matching.number_text import number_behind
from kuleshov.records import Emotion, Moments, Unit


class SearchContext:
    """An archive as one search sees it; what is derived from it is made when first asked for.

    ``of_films``: whole films are the answer, and what they have is looked for in their shots. ``within``: content ids
    of the films to search, ``None`` = all. ``calibrated`` False: values count as they are, as those of films always do.
    ``with_norms`` False: reasons do not compare numbers with the archive's norms.
    """

    def __init__(
        self,
        archive: Archive,
        unit: Unit,
        *,
        of_films: bool = False,
        within: Collection[str] | None = None,
        calibrated: bool = True,
        with_norms: bool = True,
    ) -> None:
        self.archive = archive
        self.unit: Unit = "shot" if of_films else unit
        self.of_films = of_films
        self.within = None if within is None else frozenset(within)
        self._calibrated = calibrated and not of_films
        self._with_norms = with_norms

    @cached_property
    def table(self) -> ColumnTable:
        """The columns of the shots or scenes."""
        return table_of(self.archive, self.unit)

    @property
    def answer(self) -> str:
        """What is looked for: "shot", "scene" or "film"."""
        return "film" if self.of_films else self.unit

    @cached_property
    def films(self) -> list[FilmEntry]:
        """The films that are searched."""
        return [film for film in self.archive.films() if self.within is None or film.content_id in self.within]

    def check_name(self, name: str) -> str:
        """Return the name of an entry of the vectors. Raises ``QueryError`` for an unknown one."""
        if name not in self.table.names:
            raise QueryError(f"{name!r} is in no vector of this archive; there are: {', '.join(self.table.names)}")
        return name

    def calibration(self, name: str) -> Calibration:
        """Return the distribution of an entry of the vectors, as it is, not as it is wanted."""
        return calibration_of(self.table, name) if self._calibrated else PLAIN

    def calibration_among(self, values: NDArray[np.float64] | list[float]) -> Calibration:
        """Return the distribution of values of this search's segments."""
        return Calibration.of(values, unit=self.unit, calibrated=self._calibrated)

    @cached_property
    def norms(self) -> Norms | None:
        """The archive's norms, if it has any and numbers are to be compared with them."""
        return stored_norms(self.archive) if self._with_norms else None


class View(ABC):
    """A segment or whole film as the parts of a query look at it. ``key``: the segment's id, the film's content id."""

    key: int | str

    def __init__(self, context: SearchContext, film: FilmEntry) -> None:
        self.context = context
        self.film = film

    @abstractmethod
    def value(self, name: str) -> float:
        """Return an entry of the vectors; NaN where it was not measured. Raises ``QueryError`` for an unknown one."""

    @abstractmethod
    def number(self, path: str) -> float:
        """Return a measure; NaN where it was not measured."""

    def moments(self, names: Collection[str]) -> Moments | None:
        """Return its film's moments with these entries of the vectors; ``None`` where none were kept."""
        return self.context.archive.moments(self.film.content_id, names)

    @property
    def emotion(self) -> Emotion | None:
        """What it reads as, with the cues."""
        return None

    def number_behind(self, name: str) -> str:
        """Return the measured number behind an attribute ("shot length 23.4 s"), or ""."""
        return ""

    def norm_text(self, name: str) -> str:
        """Return how a measure, or the one behind an attribute, compares with the archive's norms: ", many cuts for
        the 1940s"; or ""."""
        return ""


class SegmentView(View):
    """A shot or scene. ``row``: as it was read from the archive."""

    def __init__(self, context: SearchContext, row: SegmentRow) -> None:
        super().__init__(context, row.film)
        self.key, self.row = row.id, row

    def value(self, name: str) -> float:
        return float(self.row.vector[self.context.table.names.index(self.context.check_name(name))])

    def number(self, path: str) -> float:
        return measure(self.row.segment, path)

    @property
    def emotion(self) -> Emotion | None:
        norms = self._norms
        return norms.emotion(self.row.segment) if norms else self.row.segment.emotion

    def number_behind(self, name: str) -> str:
        return number_behind(name, self.row.segment)

    def norm_text(self, name: str) -> str:
        path = explain(name, self.row.segment).measure if name in ATTRIBUTE_NAMES else name
        text = self._norms.of_measure(self.row.segment, path) if self._norms else ""
        return f", {text}" if text else ""

    @cached_property
    def _norms(self) -> NormComparison | None:
        return NormComparison(self.context.norms, self.film.year) if self.context.norms else None


class FilmView(View):
    """A whole film: means over its moments and shots, weighted by their seconds.

    ``names``: the entries of the vectors that will be asked for.
    """

    def __init__(self, context: SearchContext, film: FilmEntry, names: Collection[str]) -> None:
        super().__init__(context, film)
        self.key, self._names = film.content_id, names

    def moments(self, names: Collection[str]) -> Moments | None:
        return self._moments

    def value(self, name: str) -> float:
        if self._moments is None:
            return math.nan
        seconds = self._moments.end_seconds - self._moments.start_seconds
        return _mean(self._moments.values[name].astype(np.float64), seconds)

    def number(self, path: str) -> float:
        """Return the mean of a measure over the film's shots; of a length, the film's own."""
        if path == "duration_seconds":
            return self.film.duration_seconds
        return _mean(self._shots[:, MEASURE_PATHS.index(path)], self._shots[:, MEASURE_PATHS.index("duration_seconds")])

    @cached_property
    def _moments(self) -> Moments | None:
        return super().moments(self._names)

    @cached_property
    def _shots(self) -> NDArray[np.float64]:
        """The numbers of the film's shots, float64 ``[shots, MEASURES]``."""
        return self.context.archive.film_measures("shot", self.film.content_id)


def _mean(values: NDArray[np.float64], seconds: NDArray[np.float64]) -> float:
    measured = np.isfinite(values) & (seconds > 0)
    return float(np.average(values[measured], weights=seconds[measured])) if measured.any() else math.nan
