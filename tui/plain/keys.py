"""What is typed here for the commands that the desk's own words name."""

PLAIN_KEYS = {
    "account": "w",
    "accounts": "i",
    "call_off": "d",
    "consent": "!",
    "copy_text": "r",
    "new": "c",
    "not_opt_out": "~",
    "pictures": "p",
    "schedule": "s",
    "show_failed": "f",
    "take_over": "r",
    "undo": "z",
}
"""Key of line mode by the command's id in the registry of the full screen."""
