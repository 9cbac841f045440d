"""Shot lists and search hits as files that editors, players and data tools read."""
