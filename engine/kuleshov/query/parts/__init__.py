"""The kinds of parts that a query has, one file each."""
