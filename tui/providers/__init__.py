"""Translate between the HTTP APIs of the SMS providers and domain values."""

import sys
from typing import Any

_modules: dict[str, Any] = sys.modules
# httpx imports its command for the shell, with click, pygments and half of rich, wherever these
# are installed. It does without where they are not, as here: that saves 2.5 MB.
_modules.setdefault("httpx._main", None)
