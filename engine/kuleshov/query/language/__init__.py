"""Query text to a ``Query``."""
