"""Search by example."""
