"""People in the picture: faces, their tracks within a shot, the shot scale, and expressions."""
