"""The only owner of SQL: the desk's conversations on disk, and the news that they have changed."""
