"""Move an inbox from one database to another: file to server, server to file, or alike."""
