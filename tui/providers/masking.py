"""Payloads without secrets: what is kept with an event, shown in an error, or taken as an id."""

import hashlib
import json
from typing import Any
from urllib.parse import quote, quote_plus

from tui.domain.text import repair_json

_MASK = "***"
_SECRET_NAMES = frozenset({"_password", "password", "api_secret", "authorization"})
_DEEPEST = 16
"""Nesting beyond this is no provider's form; it is cut so that no payload can exhaust the stack."""


class Mask:
    """Takes an account's secrets out of texts and payloads."""

    def __init__(self, *secrets: str) -> None:
        """`secrets` also go when they come back percent-encoded, as in an echoed address."""
        forms = {form for s in secrets for form in (s, quote(s, safe=""), quote_plus(s)) if form}
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` with every secret in it replaced."""
        for form in self._forms:
            text = text.replace(form, _MASK)
        return text

    def raw(self, value: Any) -> str:
        """Parsed JSON, or a text, as JSON text that is fit to store."""
        return json.dumps(self._masked(repair_json(value), _DEEPEST), ensure_ascii=False)

    def _masked(self, value: Any, depth: int) -> Any:
        """`value` without secrets, down to `depth` levels."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict | list) and not depth:
            return "…"
        if isinstance(value, dict):
            return {self.text(k): self._member(k, item, depth) for k, item in value.items()}
        if isinstance(value, list):
            return [self._masked(item, depth - 1) for item in value]
        return value

    def _member(self, name: str, item: Any, depth: int) -> Any:
        """One value of an object, hidden when its name says that it is secret."""
        return _MASK if name.casefold() in _SECRET_NAMES else self._masked(item, depth - 1)


def digest(*parts: str) -> str:
    """An event id for what has none of its own: sha256 in hex over all `parts`, kept apart."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
