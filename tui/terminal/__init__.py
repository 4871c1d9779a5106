"""Provide keys, pictures, escape sequences and external programs for the terminal."""
