"""What technique reads as: cues, scores with reasons, curves over a film."""
