"""SMS providers: HTTP on one side, domain values on the other."""
