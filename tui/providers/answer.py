"""Read the HTTP answer of a provider: JSON, pauses, and the refusals that all of them share."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from tui.domain.text import repair_json
from tui.providers.errors import RateLimited, Unavailable, UnreadableAnswer


class Answer:
    """An HTTP answer as the provider modules read it."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, *, now: int) -> None:
        """Create the answer.

        Args:
            status: HTTP status code.
            headers: Headers with names in lower case.
            body: Body as received.
            now: Time of arrival (ms UTC), for a Retry-After header with a date.
        """
        self.status = status
        self.headers = headers
        self.body = body
        self._now = now

    @property
    def is_success(self) -> bool:
        """Return whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """Return the body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def parse_json(self) -> Any:
        """Return the body's JSON, repaired; raise `UnreadableAnswer` if it is not JSON."""
        try:
            return repair_json(json.loads(self.body))
        except (ValueError, RecursionError):
            raise UnreadableAnswer(
                f"The provider answered with something that is not JSON (HTTP {self.status})",
                code=str(self.status),
                detail=self.text[:200],
            ) from None

    def parse_json_or_none(self) -> Any:
        """Return the body's JSON, or None if it is not JSON."""
        try:
            return self.parse_json()
        except UnreadableAnswer:
            return None

    @property
    def retry_after(self) -> float | None:
        """Return the seconds of the Retry-After header (number or date), or None without one."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            # A wrong header must not stop an account for longer than a day.
            return float(min(int(value[:9]), 86_400))
        try:
            until = parsedate_to_datetime(value).timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
        return max(0.0, min(until - self._now / 1000, 86_400.0))

    def raise_if_unavailable(self) -> None:
        """Raise for 429 and 503, which every provider uses alike: nothing was done."""
        if self.status == 429:
            raise RateLimited(
                "The provider asks for a pause (HTTP 429)", retry_after=self.retry_after, code="429"
            )
        if self.status == 503:
            raise Unavailable(
                "The provider is not available (HTTP 503)", retry_after=self.retry_after, code="503"
            )
