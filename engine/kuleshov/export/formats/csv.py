"""CSV (RFC 4180, UTF-8): one row a shot, scene or hit; a value that was not measured is empty."""

from __future__ import annotations

import csv
import io

from kuleshov.export.flat_rows import COLUMNS, row
from kuleshov.export.listing import Listing


def content(listing: Listing) -> bytes:
    """Return the table with its heading."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row(clip, listing) for clip in listing.clips)
    return text.getvalue().encode("utf-8")
