"""Which segments of an archive fulfil a query."""
