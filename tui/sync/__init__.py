"""Move messages and events between the providers and the store, independent of any screen."""
