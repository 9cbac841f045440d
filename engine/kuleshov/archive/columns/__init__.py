"""One memory-mapped array a column, over all segments of an archive."""
