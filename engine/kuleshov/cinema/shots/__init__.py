"""A film divided into shots: their frames, content types, key frames, and kinds of cuts."""
