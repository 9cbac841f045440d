"""Training of the networks whose weights Kuleshov does not ship, on labelled data of the user's, and their scores."""
