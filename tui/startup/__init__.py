"""Turn settings into a running program: wiring, background work, account set-up, first paint."""
