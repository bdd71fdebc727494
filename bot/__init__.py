"""DOES: sockets, tables, timers, secrets, pages. The only floor that touches the world."""
