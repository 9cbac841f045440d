"""The export formats: each module of this folder is a format of its name, its ``content(listing)`` the file."""
