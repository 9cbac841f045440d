"""Training of the small models that Kuleshov ships no weights for, on data that the user has the right to use."""
