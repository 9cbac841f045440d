"""Why a segment was found, or was not."""
