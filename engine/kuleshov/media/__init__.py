"""What a file is: its streams and times, and its sound, subtitles and other text."""
