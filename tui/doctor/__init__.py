"""Check what the program depends on; each result has a verdict and a fix."""
