"""Translate between the HTTP APIs of the SMS providers and domain values."""
