"""How the camera moves, focuses and tilts."""
