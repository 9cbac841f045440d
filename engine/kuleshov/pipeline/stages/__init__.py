"""The stages of the analysis of one film: pictures, sound, words, segments, scores, provenance."""
