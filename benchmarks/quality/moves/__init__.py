"""Takes whose camera is known: real pictures as scenery, seen by a camera that we move."""
