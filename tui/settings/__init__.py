"""What the desk is told by its file, its secrets and its environment.

`early.read_desk` is the quick way for everything that a screen or a script needs at once;
`load.load_settings` is the whole truth, accounts and secrets included.
"""
