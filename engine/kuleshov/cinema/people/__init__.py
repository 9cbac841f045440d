"""People in the picture: faces seen, followed within a shot, how near the camera is to them, and what they show."""
