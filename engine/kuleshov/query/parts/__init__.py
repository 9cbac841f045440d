"""The kinds of parts that a query has, one file each: what is asked, and how an archive answers it."""
