"""Write the figures of an inbox and its listener in the text format of Prometheus.

They name accounts, hosts and causes, and never a number, a text, an agent or a secret. The library
that writes the format takes 50 ms to import, so the first scrape imports it, on a thread.
"""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tui import __version__
from tui.clock import SECOND
from tui.domain.account import Health
from tui.domain.arrivals import Refusal
from tui.domain.record_type import record
from tui.store.leases import LatencyHistogram
from tui.store.monitoring import InboxFigures

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

_STORED_HEALTHS = (Health.OK, Health.RETRYING, Health.STOPPED, Health.UNKNOWN)


@record
class MetricValues:
    """All values of one answer."""

    figures: InboxFigures
    accounts: Sequence[str]
    """Accounts of the settings."""
    names: Sequence[str]
    """These, and others that still have something in the inbox."""
    alarms: Sequence[tuple[str, str]]
    """Alarms that hold, by kind and account."""
    results: Mapping[tuple[str, str], int]
    latencies: Mapping[str, LatencyHistogram]
    now: int
    started_at: int

    def get_age(self, at: int | None) -> float:
        """Return the seconds since a time; 0 if there is none, or if it is in the future."""
        return 0.0 if at is None else max(0, self.now - at) / SECOND


def format_metrics(page: MetricValues) -> bytes:
    """Return the figures in the text format; runs on a thread."""
    from prometheus_client.exposition import generate_latest
    from prometheus_client.process_collector import ProcessCollector
    from prometheus_client.registry import CollectorRegistry

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(page))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Collector:
    """Give the values to the library."""

    def __init__(self, page: MetricValues) -> None:
        """Keep the values of the page."""
        self._page = page

    def describe(self) -> "Iterable[Metric]":
        """Return nothing: the names are known with the values."""
        return ()

    def collect(self) -> "Iterator[Metric]":
        """Yield every metric with its values."""
        yield from _list_waiting(self._page)
        yield from _list_states(self._page)
        yield from _list_process_values(self._page)


_Rows = Iterable[tuple[tuple[str, ...], float]]


def _make_gauge(name: str, meaning: str, labels: Sequence[str], rows: _Rows) -> "Metric":
    """Return a metric whose value goes up and down, with a value for each set of labels."""
    from prometheus_client.metrics_core import GaugeMetricFamily

    family = GaugeMetricFamily(f"smsdesk_{name}", meaning, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def _list_waiting(page: MetricValues) -> "Iterator[Metric]":
    """Yield what waits: to be sent, for an answer, for a receipt, for a person."""
    found, age = page.figures, page.get_age

    def make(
        name: str, meaning: str, read: Callable[[str], float], only: Iterable[str]
    ) -> "Metric":
        """Return a metric with a value for each account."""
        return _make_gauge(name, meaning, ["account"], (((one,), read(one)) for one in only))

    queues, names = found.queues, page.names
    has_queue = {name: queues[name] for name in names if name in queues}
    yield make(
        "queue_messages",
        "Messages that are queued, those with a later time included.",
        lambda name: has_queue[name].messages if name in has_queue else 0,
        names,
    )
    yield make(
        "queue_due_messages",
        "Queued messages that could be sent now.",
        lambda name: has_queue[name].due if name in has_queue else 0,
        names,
    )
    yield make(
        "queue_oldest_seconds",
        "How long the oldest message that could be sent has waited.",
        lambda name: age(has_queue[name].oldest) if name in has_queue else 0,
        names,
    )
    yield make(
        "uncertain_messages",
        "Messages that were perhaps sent, and that no agent has dealt with.",
        lambda name: found.uncertain[name].messages if name in found.uncertain else 0,
        names,
    )
    yield make(
        "held_items",
        "Arrivals that could not be used and wait for a person.",
        lambda name: found.held.get(name, 0),
        names,
    )
    behind = [name for name in names if name in found.behind]
    yield make(
        "receipts_behind_messages",
        "Messages that wait for a receipt for longer than is usual, counted up to 1,000.",
        lambda name: found.behind[name].messages,
        behind,
    )
    yield make(
        "receipts_behind_oldest_seconds",
        "Age of the oldest message that waits for a receipt for longer than is usual.",
        lambda name: age(found.behind[name].oldest),
        behind,
    )


def _list_states(page: MetricValues) -> "Iterator[Metric]":
    """Yield the state of each account of the settings."""
    found = page.figures
    known = {name: found.accounts[name] for name in page.accounts if name in found.accounts}
    yield _make_gauge(
        "lease_held",
        "Whether a process serves the account (1), and on which host.",
        ["account", "holder"],
        (((one, found.hosts.get(one, "")), float(one in found.hosts)) for one in page.accounts),
    )
    yield _make_gauge(
        "account_health",
        "Health of the account: 1 for the one that holds.",
        ["account", "health"],
        (
            ((name, health.value), float(account.health == health))
            for name, account in known.items()
            for health in _STORED_HEALTHS
        ),
    )
    yield _make_gauge(
        "poll_lag_seconds",
        "Time since the provider last answered correctly.",
        ["account"],
        (
            ((name,), page.get_age(account.ok_at))
            for name, account in known.items()
            if account.ok_at is not None
        ),
    )
    yield _make_gauge(
        "balance",
        "Balance that the provider reported last, in its own unit.",
        ["account"],
        (
            ((name,), account.balance)
            for name, account in known.items()
            if account.balance is not None
        ),
    )
    yield _make_gauge(
        "out_of_credit",
        "Whether the provider refuses messages for want of credit.",
        ["account"],
        (((name,), float(account.is_out_of_credit)) for name, account in known.items()),
    )
    yield _make_gauge(
        "alarm",
        "Alarms that hold, as notify_command and notify_url send them.",
        ["account", "kind"],
        (((account, kind), 1.0) for kind, account in page.alarms),
    )


def _list_process_values(page: MetricValues) -> "Iterator[Metric]":
    """Yield what this process has counted and measured since its start."""
    from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily

    pushes = CounterMetricFamily(
        "smsdesk_pushes",
        "Requests to the listener since the start of the process, by what became of them.",
        labels=["account", "result"],
    )
    results = {("", Refusal.UNKNOWN_ACCOUNT.value): 0, **page.results}
    for (account, result), count in sorted(results.items()):
        pushes.add_metric([account, result.replace(" ", "_")], count)
    yield pushes
    seconds = HistogramMetricFamily(
        "smsdesk_database_seconds",
        "Time of a read (the figures of this page) and of a write (the heartbeat of the process).",
        labels=["operation"],
    )
    for operation, histogram in page.latencies.items():
        seconds.add_metric([operation], _add_up(histogram), histogram.total)
    yield seconds
    version = (__version__, platform.python_version())
    yield _make_gauge("build_info", "Version that runs.", ["version", "python"], [(version, 1.0)])
    yield _make_gauge(
        "start_time_seconds",
        "When the listener began, in seconds since 1970.",
        [],
        [((), page.started_at / SECOND)],
    )


def _add_up(histogram: LatencyHistogram) -> list[tuple[str, float]]:
    """Return the classes of a histogram, each with the count of all up to it."""
    total, found = 0, []
    bounds = [*map(str, histogram.bounds), "+Inf"]
    for bound, count in zip(bounds, histogram.counts, strict=True):
        total += count
        found.append((bound, float(total)))
    return found
