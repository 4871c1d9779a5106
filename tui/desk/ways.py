"""Every way a message can go: each account with each of its senders, what has not failed first."""

from collections.abc import Sequence

from tui.desk.replying import Route, format_answerability
from tui.domain.account import Account
from tui.domain.text import one_line


def list_routes(accounts: Sequence[Account], failed: str) -> list[Route]:
    """Return every route: each account with each of its senders.

    Args:
        accounts: All accounts, in the order of the settings.
        failed: Account that failed; its routes come last.
    """
    routes = [Route(account, sender) for account in accounts for sender in account.senders or ("",)]
    return sorted(routes, key=lambda route: route.account.name == failed)


def format_route(route: Route) -> str:
    """Return account, provider and sender on one line."""
    title = route.account.capabilities.title if route.account.capabilities else ""
    name = one_line(f"{route.account.name} {title}".strip(), 30)
    return f"{name} · {one_line(route.sender, 20) or 'default sender'}"


def format_route_detail(route: Route, failed: str) -> str:
    """Return what an agent should consider before choosing a route.

    Args:
        route: Route to choose.
        failed: Account that failed last time.
    """
    if route.account.name == failed:
        return "failed last time"
    return format_answerability(route).partition(":")[0]
