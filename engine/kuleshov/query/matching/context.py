"""What the parts of a query are matched against: an archive, the films searched, its columns and calibrations."""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.archive_norms import stored_norms
from kuleshov.archive.columns.columns import MEASURE_PATHS
from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.archive.store import Archive
from kuleshov.emotion.norm_comparison import NormComparison
from kuleshov.emotion.norms import Norms
from kuleshov.errors import QueryError
from kuleshov.query.matching.calibration import PLAIN, Calibration, calibration_of
from kuleshov.query.matching.column_table import ColumnTable, table_of
from kuleshov.records import Moments, Unit


class SearchContext:
    """An archive as one search sees it; what is derived from it is made when first asked for.

    ``within``: content ids of the films to search, ``None`` = all. ``calibrated`` False: values count as they are.
    ``with_norms`` False: reasons do not compare numbers with the archive's norms.
    """

    def __init__(
        self,
        archive: Archive,
        unit: Unit,
        *,
        within: Collection[str] | None = None,
        calibrated: bool = True,
        with_norms: bool = True,
    ) -> None:
        self.archive = archive
        self.unit = unit
        self.within = None if within is None else frozenset(within)
        self._calibrated = calibrated
        self._with_norms = with_norms

    @cached_property
    def table(self) -> ColumnTable:
        """The columns of the shots or scenes."""
        return table_of(self.archive, self.unit)

    @cached_property
    def films(self) -> list[FilmEntry]:
        """The films that are searched."""
        return [film for film in self.archive.films() if self.within is None or film.content_id in self.within]

    def check_name(self, name: str) -> str:
        """Return the name of an entry of the vectors. Raises ``QueryError`` for an unknown one."""
        if name not in self.table.names:
            raise QueryError(f"{name!r} is in no vector of this archive; there are: {', '.join(self.table.names)}")
        return name

    def value(self, row: SegmentRow, name: str) -> float:
        """Return an entry of a segment's vector. Raises ``QueryError`` for an unknown one."""
        return float(row.vector[self.table.names.index(self.check_name(name))])

    def calibration(self, name: str) -> Calibration:
        """Return the distribution of an entry of the vectors, as it is, not as it is wanted."""
        return calibration_of(self.table, name) if self._calibrated else PLAIN

    def calibration_among(self, values: NDArray[np.float64] | list[float]) -> Calibration:
        """Return the distribution of values of this search's segments."""
        return Calibration.of(values, unit=self.unit, calibrated=self._calibrated)

    def norm_comparison(self, film: FilmEntry) -> NormComparison | None:
        """Return what compares a film's numbers with the archive's norms; ``None`` where there are no norms."""
        return NormComparison(self._norms, film.year) if self._norms else None

    def norm_text(self, row: SegmentRow, path: str) -> str:
        """Return how a measure compares with the norms: ", many cuts for the 1940s"; "" where they say nothing."""
        comparison = self.norm_comparison(row.film)
        text = comparison.of_measure(row.segment, path) if comparison else ""
        return f", {text}" if text else ""

    @cached_property
    def _norms(self) -> Norms | None:
        return stored_norms(self.archive) if self._with_norms else None


class FilmView:
    """A whole film as parts are matched with it: means over its moments and shots, weighted by their seconds.

    ``names``: the entries of the vectors that will be asked for.
    """

    def __init__(self, context: SearchContext, film: FilmEntry, names: Collection[str] = ()) -> None:
        self.film = film
        self.names = names
        self._context = context

    @cached_property
    def moments(self) -> Moments | None:
        """The film's moments; ``None`` where it was described before there were moments."""
        return self._context.archive.moments(self.film.content_id, self.names)

    def quality(self, name: str) -> float:
        """Return the mean of an entry of the vectors over the film's moments; NaN where it was not measured."""
        if self.moments is None:
            return math.nan
        seconds = self.moments.end_seconds - self.moments.start_seconds
        return _mean(self.moments.values[name].astype(np.float64), seconds)

    def number(self, path: str) -> float:
        """Return the mean of a measure over the film's shots; of a length, the film's own."""
        if path == "duration_seconds":
            return self.film.duration_seconds
        return _mean(self._shots[:, MEASURE_PATHS.index(path)], self._shots[:, MEASURE_PATHS.index("duration_seconds")])

    @cached_property
    def _shots(self) -> NDArray[np.float64]:
        """The numbers of the film's shots, float64 ``[shots, MEASURES]``."""
        return self._context.archive.film_measures("shot", self.film.content_id)


def _mean(values: NDArray[np.float64], seconds: NDArray[np.float64]) -> float:
    measured = np.isfinite(values) & (seconds > 0)
    return float(np.average(values[measured], weights=seconds[measured])) if measured.any() else math.nan
