"""Movement, focus and angle of the camera."""
