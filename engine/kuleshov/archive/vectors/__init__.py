"""Kinds of vector index: each a file here and a line in ``kinds``; ``vector_store`` says what all of them do."""
