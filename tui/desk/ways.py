"""Every way a message can go: each account with each of its senders, what has not failed first."""

from collections.abc import Sequence

from tui.desk.replying import Route, answer_words
from tui.domain.account import Account
from tui.domain.text import one_line


def ways(accounts: Sequence[Account], failed: str) -> list[Route]:
    """All ways through these accounts; those through the account that `failed` come last."""
    found = [Route(account, sender) for account in accounts for sender in account.senders or ("",)]
    return sorted(found, key=lambda route: route.account.name == failed)


def way_words(route: Route) -> str:
    """Account, provider and sender on one line."""
    title = route.account.capabilities.title if route.account.capabilities else ""
    name = one_line(f"{route.account.name} {title}".strip(), 30)
    return f"{name} · {one_line(route.sender, 20) or 'default sender'}"


def way_detail(route: Route, failed: str) -> str:
    """What to know about it before choosing."""
    if route.account.name == failed:
        return "failed last time"
    return answer_words(route).partition(":")[0]
