"""One channel a file, its limits on top."""
