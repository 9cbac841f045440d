"""Dialogue: lines, speakers, language, screenplay."""
