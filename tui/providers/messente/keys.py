"""Hold the account's secrets: verify signatures, and remove the secrets from stored texts.

`X-Messente-Signature` is HMAC-SHA256 over the raw body in lower-case hex: keyed with the
API key's password for delivery reports, with the dashboard's shared secret for inbound
messages.
"""

import hashlib
import hmac
import json
from dataclasses import field

from tui.domain.record_type import record


@record
class AccountKeys:
    """Secrets of one account."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    inbound_secret: str = field(default="", repr=False)
    """Empty: only an inbound message that the password signs can be verified."""

    def is_report_signature(self, body: bytes, signature: str) -> bool:
        """Return whether `signature` is that of a delivery report with this body.

        Args:
            body: Raw body of the request.
            signature: Value of `X-Messente-Signature`.
        """
        return _is_valid_signature(self.password, body, signature)

    def is_inbound_signature(self, body: bytes, signature: str) -> bool:
        """Return whether `signature` is that of an inbound message with this body.

        Args:
            body: Raw body of the request.
            signature: Value of `X-Messente-Signature`.
        """
        return _is_valid_signature(self.inbound_secret or self.password, body, signature)

    def hide_secrets(self, text: str) -> str:
        """Return the text with the secrets masked, in case the provider sends one back."""
        for secret in filter(None, (self.password, self.inbound_secret)):
            # In raw JSON a secret with quotes or backslashes appears in its escaped form.
            text = text.replace(secret, "***").replace(json.dumps(secret)[1:-1], "***")
        return text


def _is_valid_signature(key: str, body: bytes, signature: str) -> bool:
    """Compare in constant time; an empty key never matches."""
    expected = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    given = signature.strip().encode("utf-8", "replace")
    return bool(key) and hmac.compare_digest(expected.encode(), given)
