"""Decide which connections to the listener stay when there are too many of them.

Every host can open a connection, and a silent one costs a place for as long as it stays. So a
connection that waits for a request gives its place to the next one, the oldest first. A push whose
path is right is never closed for another connection.
"""

import asyncio
import ipaddress
import select
from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

from tui.clock import MINUTE, Clock
from tui.domain.account import ListenerCrowd
from tui.domain.record_type import record

KEEP_OPEN: Final = "smsdesk.keep_open"
"""Extension of a request's scope with the function that says that its path is right."""
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SHARED_NETWORKS: tuple[_Network, ...] = tuple(
    ipaddress.ip_network(name)
    for name in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
    )
)
"""Addresses of this host and of private networks: a reverse proxy there stands for all senders."""
_ONE_CUSTOMER_V6 = 64
"""Length of the prefix that one customer of an IPv6 network has."""
_YOUNG_SECONDS = 1.0
"""A connection younger than this is not closed for the limit of its address: its head may come."""
_EPISODE_MS = 5 * MINUTE
"""Time without a closed connection after which the listener counts as full for another time."""
_MOST_ADDRESSES = 1_000


@record
class ListenerLimits:
    """How many connections may wait, and how long."""

    places: int = 160
    """Connections at once; macOS permits a process 256 files."""
    overflow: int = 40
    """Connections above that while all places are pushes in flight; more are refused."""
    per_address: int = 32
    """Waiting connections of one address, or of one IPv6 network."""
    idle_seconds: float = 60.0
    """How long a connection may wait for the next request after an answer."""
    shared_networks: Sequence[_Network] = _SHARED_NETWORKS
    """Networks whose addresses have no limit of their own."""


_USUAL_LIMITS = ListenerLimits()


class Connection(Protocol):
    """What has to be known of a connection."""

    address: str
    """Address of the sender, without the port."""
    waiting_since: float
    """When it was opened, or its last push was answered, in seconds of the loop's clock."""
    has_pushed: bool
    """Whether a push with a right path came over it."""

    @property
    def is_waiting(self) -> bool:
        """Return whether no request on it is to be answered."""
        ...

    def fileno(self) -> int:
        """Return the number of its socket."""
        ...

    def end(self) -> None:
        """Close it."""
        ...


class ConnectionPlaces:
    """The open connections of one listener."""

    def __init__(self, clock: Clock, limits: ListenerLimits = _USUAL_LIMITS) -> None:
        """Create the places; all are free.

        Args:
            clock: Source of the current time.
            limits: How many connections may wait, and how long.
        """
        self.limits = limits
        self._tally = _CrowdTally(clock)
        self._open: dict[Connection, str] = {}

    @property
    def crowd(self) -> ListenerCrowd | None:
        """Return the last time at which the listener was full, or None."""
        return self._tally.crowd

    def admit(self, connection: Connection) -> bool:
        """Give a place to a new connection and return True; close others for it if need be.

        Args:
            connection: Connection that was just opened.
        """
        group = self.find_group(connection.address)
        if group:
            self._close_above_limit(group, self.limits.per_address - 1)
        places, overflow = self.limits.places, self.limits.overflow
        if len(self._open) >= places and not self._close_one(has_pushed=False):
            # Those that are left have bytes to be read: most of them go, or become pushes, at once.
            is_tight = len(self._open) >= places + overflow // 4
            has_place = is_tight and self._close_one(has_pushed=True)
            if not has_place and len(self._open) >= places + overflow:
                self._tally.count(connection.address)
                return False
        self._open[connection] = group
        return True

    def release(self, connection: Connection) -> None:
        """Free the place of a connection that was closed.

        Args:
            connection: Connection that may have had a place.
        """
        self._open.pop(connection, None)

    def find_group(self, address: str) -> str:
        """Return whom an address belongs to; empty if it can stand for many senders.

        Args:
            address: IP address of a connection.
        """
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return ""
        if isinstance(found, ipaddress.IPv6Address):
            if found.ipv4_mapped is not None:
                return self.find_group(str(found.ipv4_mapped))
            group = str(ipaddress.ip_network((found, _ONE_CUSTOMER_V6), strict=False))
        else:
            group = str(found)
        is_shared = any(
            found.version == network.version and found in network
            for network in self.limits.shared_networks
        )
        return "" if is_shared else group

    def _close_above_limit(self, group: str, limit: int) -> None:
        """Close the oldest waiting connections of one sender above a number."""
        young = asyncio.get_running_loop().time() - _YOUNG_SECONDS
        waiting = [one for one, owner in self._open.items() if owner == group and one.is_waiting]
        excess = len(waiting) - limit
        for one in _list_silent(waiting)[: max(0, excess)]:
            if one.waiting_since < young:
                self._close(one)

    def _close_one(self, *, has_pushed: bool) -> bool:
        """Close one connection that brings no push; return False if there is none to be closed.

        Of the connections without a push those go first whose sender has most of them.

        Args:
            has_pushed: Whether to close one that brought a push before.
        """
        similar = [one for one in self._open if one.has_pushed == has_pushed]
        found = _list_silent([one for one in similar if one.is_waiting])
        if not found and not has_pushed and len(similar) > self.limits.places // 2:
            # None is silent if each is kept busy with bytes, or with requests to nowhere. Of the
            # heads of a burst of pushes fewer are unread at a time.
            found = similar
        if not found:
            return False
        counts = Counter(one.address for one in found)
        self._close(min(found, key=lambda one: (-counts[one.address], one.waiting_since)))
        return True

    def _close(self, connection: Connection) -> None:
        """Close a connection for another one."""
        self.release(connection)
        self._tally.count(connection.address)
        connection.end()


def _list_silent(connections: Sequence[Connection]) -> list[Connection]:
    """Return the connections without bytes to be read, the oldest first.

    In a burst of pushes the heads of many requests wait in the kernel: those are not silent.
    """
    poll, numbers = select.poll(), {}
    for one in connections:
        number = one.fileno()
        if number >= 0:
            numbers[number] = one
            poll.register(number, select.POLLIN)
    readable = {number for number, event in poll.poll(0) if event & select.POLLIN}
    silent = [one for number, one in numbers.items() if number not in readable]
    return sorted(silent, key=lambda one: (one.has_pushed, one.waiting_since))


class _CrowdTally:
    """Count what was closed while the listener was full."""

    def __init__(self, clock: Clock) -> None:
        """Create the tally.

        Args:
            clock: Source of the current time.
        """
        self._clock = clock
        self._since = self._until = self._closed = 0
        self._addresses: Counter[str] = Counter()

    @property
    def crowd(self) -> ListenerCrowd | None:
        """Return what was counted, or None."""
        if not self._closed:
            return None
        ((address, count),) = self._addresses.most_common(1)
        return ListenerCrowd(self._since, self._until, self._closed, address, count)

    def count(self, address: str) -> None:
        """Count one closed connection.

        Args:
            address: Address of its sender.
        """
        now = self._clock.now()
        if not self._closed or now - self._until > _EPISODE_MS:
            self._since, self._closed = now, 0
            self._addresses.clear()
        self._until = now
        self._closed += 1
        if address in self._addresses or len(self._addresses) < _MOST_ADDRESSES:
            self._addresses[address] += 1
