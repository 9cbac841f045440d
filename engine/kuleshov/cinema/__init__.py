"""Film measurements: shots, scenes, light, colour, camera, sound, words and people."""
