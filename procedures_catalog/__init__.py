"""INFORMS: what the office publishes, and how it is found. Knows nothing of conversations or machines."""
