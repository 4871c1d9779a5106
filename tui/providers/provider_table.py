"""Write the README's table of providers from the catalogue."""

from tui.domain.capabilities import Capabilities, ReceiptChannel
from tui.providers.catalog import CATALOG
from tui.providers.catalog_entry import CatalogEntry

_COLUMNS = (
    "provider",
    "replies",
    "receipts",
    "schedule, cancel",
    "balance",
    "needs the listener",
)
_RECEIPT_CHANNELS = {
    ReceiptChannel.PAGE: "polled",
    ReceiptChannel.BY_ID: "asked for by message",
    ReceiptChannel.NONE: "",
}


def format_provider_table() -> str:
    """Return what each provider can do, as a Markdown table."""
    rows = (_COLUMNS, ("---",) * len(_COLUMNS), *(_format_row(e) for e in CATALOG.values()))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _format_row(entry: CatalogEntry) -> tuple[str, ...]:
    """Return the cells of one provider."""
    capabilities = entry.capabilities
    return (
        entry.title,
        _format_channels(
            "polled" if capabilities.replies.is_polled else "", capabilities.replies.is_pushed
        ),
        _format_channels(_RECEIPT_CHANNELS[capabilities.receipts], capabilities.receipts_pushed),
        _format_scheduling(capabilities),
        entry.balance_unit or "no",
        _format_listener_need(capabilities),
    )


def _format_channels(fetched: str, is_pushed: bool) -> str:
    """Return how events arrive."""
    return ", ".join(filter(None, (fetched, "pushed" if is_pushed else ""))) or "no"


def _format_scheduling(capabilities: Capabilities) -> str:
    """Return whether the provider can schedule a message and cancel it again."""
    if capabilities.can_schedule and not capabilities.can_cancel:
        return "schedule only"
    return "yes" if capabilities.can_schedule else "no"


def _format_listener_need(capabilities: Capabilities) -> str:
    """Return what arrives only while the listener runs: what the provider pushes and no more."""
    replies = capabilities.replies.is_pushed and not capabilities.replies.is_polled
    receipts = capabilities.receipts_pushed and capabilities.receipts is ReceiptChannel.NONE
    if replies and receipts:
        return "for everything"
    return "for replies" if replies else "for receipts" if receipts else "no"
