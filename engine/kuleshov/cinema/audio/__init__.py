"""The sound of shots and scenes."""
