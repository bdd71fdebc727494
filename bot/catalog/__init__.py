"""The catalog as files on this machine: kept for a quick start, watched while serving, filled by imports."""
