"""A film divided into shots, and what kind of content a shot is."""
