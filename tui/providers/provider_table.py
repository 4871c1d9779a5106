"""Write the documentation's parts about providers from the catalogue."""

from tui.domain.capabilities import Capabilities, ReceiptChannel
from tui.providers.catalog import CATALOG
from tui.providers.catalog_entry import CatalogEntry, PanelEntry

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

_EXAMPLE_HOOK = "https://sms.example.com/hooks/NAME/SECRET"
"""The address of an account's listener that the documentation uses."""


def format_provider_table() -> str:
    """Return what each provider can do, as a Markdown table."""
    rows = (_COLUMNS, ("---",) * len(_COLUMNS), *(_format_row(e) for e in CATALOG.values()))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def format_panel(provider: str) -> str:
    """Return what to enter at a provider's own panel, in Markdown.

    Args:
        provider: Name of the provider in the settings.
    """
    return "\n\n".join(map(_format_panel_entry, CATALOG[provider].panel))


def _format_panel_entry(entry: PanelEntry) -> str:
    """Return where to enter an address, what else to enter there, and the address."""
    lines = [f"- **For {entry.carries}**: {entry.place}."]
    if entry.body.startswith("{"):
        lines.append(f"The template of the body:\n\n```\n{entry.body}\n```\n")
    elif entry.body:
        fields = ", ".join(f"`{name}`" for name in entry.body.split(", "))
        lines.append(f"The body has the fields {fields}.")
    if entry.note:
        lines.append(entry.note)
    # At the end and without a full stop, so that it can be copied from a terminal.
    lines.append(f"Address: `{entry.build_address(_EXAMPLE_HOOK)}`")
    return "\n".join(lines)


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
    replies = capabilities.has_pushed_replies_only
    receipts = capabilities.has_pushed_receipts_only
    if replies and receipts:
        return "for everything"
    return "for replies" if replies else "for receipts" if receipts else "no"
