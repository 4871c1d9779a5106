"""Keep an inbox on a PostgreSQL server, for desks on several hosts."""
