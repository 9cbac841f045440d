"""Shot lists, search hits and pictures as files that editing programs, players and data tools read."""
