"""Answers put together from several segments: reels, paths, forecasts."""
