"""DECIDES: what we say, and every rule. No network, SQL, wall clock or channel name."""
