"""Moves messages and news between the providers and the store, and knows no widgets."""
