"""Tables and the unit of work over them; SQLite by default, PostgreSQL when its URL is set."""
