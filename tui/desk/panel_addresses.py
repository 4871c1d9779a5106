"""Say what to enter at a provider's own panel, so that its pushes reach the listener."""

from collections.abc import Callable, Sequence

from tui.domain.record_type import record
from tui.domain.text import to_printable


@record
class PanelAddress:
    """One address to enter at the panel of one account; it contains the account's hook secret."""

    account: str
    provider: str
    """Common name of the provider."""
    place: str
    """Where it is entered."""
    carries: str
    """What arrives by it: replies, receipts or both."""
    address: str = ""
    body: str = ""
    """Template of the body, or the fields that the body must have; empty: nothing to enter."""
    note: str = ""
    problem: str = ""
    """What is missing in the settings before the address is complete; empty if nothing is."""

    @property
    def title(self) -> str:
        """Return the account and what arrives."""
        return f"{self.account} ({self.provider}), for {self.carries}"

    @property
    def is_template(self) -> bool:
        """Return whether the body is to be copied as it stands."""
        return self.body.startswith("{")


LoadAddresses = Callable[[], Sequence[PanelAddress]]
"""Read the settings and return the addresses of all accounts; raises `SettingsError`."""


def list_address_lines(entry: PanelAddress) -> list[str]:
    """Return what to enter as lines; those to be copied stand alone and whole.

    Args:
        entry: Address of one account.
    """
    lines = [f"Enter at: {entry.place}", entry.address]
    if entry.body:
        name = "Template of the body:" if entry.is_template else "Fields of the body:"
        lines += [name, entry.body]
    lines += [text for text in (entry.note.replace("`", ""), entry.problem) if text]
    return lines


def list_setup_lines(entries: Sequence[PanelAddress]) -> list[str]:
    """Return what to enter at the provider's panel of a new account, as harmless text.

    Args:
        entries: Addresses of the account; empty if everything is polled.
    """
    lines = []
    for entry in entries:
        lines += ["", f"So that {entry.carries} arrive (F6 copies):", *list_address_lines(entry)]
    if entries:
        lines += ["", "They come in while smsdesk sync --listen runs; see smsdesk help operating."]
        lines += ["F3, then a, shows this again; smsdesk doctor --selftest tests it."]
    return [to_printable(line) for line in lines]


def list_copied_texts(entries: Sequence[PanelAddress]) -> list[str]:
    """Return the texts that can be copied, in their order on the page.

    Args:
        entries: Addresses of one account.
    """
    return [
        to_printable(text)
        for entry in entries
        for text in (entry.address, entry.body if entry.is_template else "")
        if text
    ]
