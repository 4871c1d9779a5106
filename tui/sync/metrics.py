"""Answer `/metrics` on the listener: who may read the figures, and how often they are read."""

import asyncio
import hmac
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from tui.clock import Clock
from tui.domain.record_type import record
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.sync.alarm_notifier import find_alarms
from tui.sync.context import ServedAccount
from tui.sync.metric_values import MetricValues, format_metrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_KEPT_SECONDS = 1.0
"""How long an answer is given again, so that a flood of requests costs one look a second."""
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")
"""Headers by which a reverse proxy on this host shows that the request came from elsewhere."""


class PushResult(StrEnum):
    """What became of a request with a right path; `Refusal` names the others."""

    STORED = "stored"
    REPEATED = "repeated"
    HELD = "held"
    NOT_STORED = "not stored"
    """The inbox could not be written to; the provider sends it again."""


@record
class MetricsAccess:
    """Who may read the figures."""

    mode: Literal["off", "local", "all"]
    """`local` is this host only."""
    token: str = field(default="", repr=False)
    """Bearer token that every request needs, from wherever it comes; empty for none."""

    def permits(self, request: Request) -> bool:
        """Return whether a request is answered.

        Args:
            request: Request for the figures.
        """
        if self.mode == "off":
            return False
        if self.token:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            is_right = hmac.compare_digest(given.strip().encode(), self.token.encode())
            return scheme.lower() == "bearer" and is_right
        if self.mode == "all":
            return True
        is_forwarded = any(name in request.headers for name in _FORWARDED)
        return not is_forwarded and _is_loopback(request.client.host if request.client else "")


LOCAL_METRICS = MetricsAccess("local")


def _is_loopback(host: str) -> bool:
    """Return whether an address is one of this host."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


class MetricsPage:
    """The page with the figures of one listener and its inbox."""

    def __init__(
        self,
        store: Store,
        accounts: Sequence[ServedAccount],
        results: Mapping[tuple[str, str], int],
        access: MetricsAccess,
        clock: Clock,
    ) -> None:
        """Create the page.

        Args:
            store: Store of the process that listens.
            accounts: Accounts of the settings.
            results: Number of pushed requests by account and result, which the listener counts.
            access: Who may read the page.
            clock: Source of the current time.
        """
        self._store = store
        self._accounts = [account.to_public_account() for account in accounts]
        self._results = results
        self._access = access
        self._clock = clock
        self._started_at = clock.now()
        self._lock = asyncio.Lock()
        self._body = b""
        self._kept_until = float("-inf")

    async def answer_request(self, request: Request) -> Response:
        """Return the figures; an empty 404 to who may not read them, as for any wrong path.

        Args:
            request: Request for the figures.
        """
        if not self._access.permits(request):
            return Response(status_code=404)
        try:
            async with self._lock:
                if self._clock.monotonic() >= self._kept_until:
                    self._body = await self._write_page()
                    self._kept_until = self._clock.monotonic() + _KEPT_SECONDS
        except StoreError:
            return Response(status_code=503)
        return Response(self._body, headers={"Content-Type": CONTENT_TYPE})

    async def _write_page(self) -> bytes:
        """Return all figures in the text format."""
        now = self._clock.now()
        figures = await self._store.monitoring.read_figures()
        states = await self._store.accounts.get_states()
        accounts = sorted(account.name for account in self._accounts)
        names = sorted({*accounts, *figures.queues, *figures.held, *figures.uncertain})
        page = MetricValues(
            figures=figures,
            accounts=accounts,
            names=names,
            alarms=sorted(find_alarms(self._accounts, states, figures, now)),
            results=dict(self._results),
            latencies={
                "read": self._store.monitoring.read_times,
                "write": self._store.leases.renewal_times,
            },
            now=now,
            started_at=self._started_at,
        )
        return await asyncio.to_thread(format_metrics, page)
