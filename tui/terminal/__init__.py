"""The terminal itself: its keys, its pictures, what it is asked, and who else may have it."""
