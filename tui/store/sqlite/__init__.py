"""Own all SQL: the conversations on disk and the feed of their changes."""
