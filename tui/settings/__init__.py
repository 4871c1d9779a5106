"""Read the settings file, the secrets and the environment.

`cache.read_preferences` is the fast way to everything that a screen or a script needs at once;
`load.load_settings` returns all settings, with accounts and secrets.
"""
