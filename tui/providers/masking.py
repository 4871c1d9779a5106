"""Remove secrets from payloads before they are stored or shown, and derive event ids."""

import hashlib
import json
from typing import Any
from urllib.parse import quote, quote_plus

from tui.domain.text import repair_json

_MASK = "***"
_SECRET_NAMES = frozenset({"_password", "password", "api_secret", "authorization"})
_DEEPEST_NESTING = 16
"""Deeper payloads are cut: no provider uses them, and they could exhaust the stack."""


class SecretMask:
    """Replace the secrets of an account in texts and payloads."""

    def __init__(self, *secrets: str) -> None:
        """Create the mask.

        Args:
            secrets: Texts to replace; their percent-encoded forms (in an echoed URL) too.
        """
        forms = {form for s in secrets for form in (s, quote(s, safe=""), quote_plus(s)) if form}
        # Longest first: a secret that contains another one must not be left in part.
        self._forms = sorted(forms, key=len, reverse=True)

    def mask_text(self, text: str) -> str:
        """Return the text with every secret replaced."""
        for form in self._forms:
            text = text.replace(form, _MASK)
        return text

    def mask_payload(self, value: Any) -> str:
        """Return parsed JSON or a text as JSON text that is safe to store."""
        return json.dumps(
            self._mask_value(repair_json(value), _DEEPEST_NESTING), ensure_ascii=False
        )

    def _mask_value(self, value: Any, depth: int) -> Any:
        """Return the value without secrets, down to `depth` levels."""
        if isinstance(value, str):
            return self.mask_text(value)
        if isinstance(value, dict | list) and not depth:
            return "…"
        if isinstance(value, dict):
            return {
                self.mask_text(k): self._mask_member(k, item, depth) for k, item in value.items()
            }
        if isinstance(value, list):
            return [self._mask_value(item, depth - 1) for item in value]
        return value

    def _mask_member(self, name: str, item: Any, depth: int) -> Any:
        """Return one value of an object, masked completely if its name says that it is secret."""
        return _MASK if name.casefold() in _SECRET_NAMES else self._mask_value(item, depth - 1)


def digest_parts(*parts: str) -> str:
    """Return an event id for an event that has none: SHA-256 over all parts, in hex.

    JSON keeps the parts apart, so that ("a", "bc") and ("ab", "c") have different ids.
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
