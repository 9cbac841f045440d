"""How many frames a second are searched for faces."""

#: Enough to follow a face through a shot and to read its lasting expression.
DEFAULT_FACE_RATE = 4.0
#: Four frames in half a second: fewer can't tell how long a burst of expression is (design value).
RATE_FOR_BURSTS = 8.0
