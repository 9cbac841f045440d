"""What is kept of a film eight times a second, thumbnails and colour histograms, and what they show."""
