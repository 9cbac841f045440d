"""What people say of shots and scenes: kept for good, compared, and fitted to a film however it is divided."""
