"""How often a second faces are looked for, and how often that must be for what."""

#: Four looks a second follow a face through a shot and show what it settles into.
DEFAULT_FACE_RATE = 4.0
#: Four looks in half a second: fewer can't tell how long a burst of expression was (design value).
RATE_FOR_BURSTS = 8.0
