"""The account's secrets: what they sign, and how they stay out of everything that is kept.

`X-Messente-Signature` is HMAC-SHA256 over the raw body in lower-case hex: keyed with the API key's
password for delivery reports, with the dashboard's shared secret for inbound messages.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one account."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    inbound_secret: str = field(default="", repr=False)
    """Empty: inbound messages are expected to be signed with the password."""

    def sign_report(self, body: bytes, signature: str) -> bool:
        """Whether `signature` is that of a delivery report with this body."""
        return _signs(self.password, body, signature)

    def sign_inbound(self, body: bytes, signature: str) -> bool:
        """Whether `signature` is that of an inbound message with this body."""
        return _signs(self.inbound_secret or self.password, body, signature)

    def hide(self, text: str) -> str:
        """The text without the secrets, should the provider ever send one back."""
        for secret in filter(None, (self.password, self.inbound_secret)):
            text = text.replace(secret, "***").replace(json.dumps(secret)[1:-1], "***")
        return text


def _signs(key: str, body: bytes, signature: str) -> bool:
    """Compare in constant time; an empty key signs nothing."""
    expected = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    given = signature.strip().encode("utf-8", "replace")
    return bool(key) and hmac.compare_digest(expected.encode(), given)
