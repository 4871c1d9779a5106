"""Test the list of routes of a message; the account that failed last is at its end."""

from tests.ui.history import ACCOUNTS
from tui.desk.routes import format_route, format_route_detail, list_routes
from tui.domain.account import Account


def test_the_account_that_failed_is_listed_last() -> None:
    found = list_routes(ACCOUNTS, "au")
    assert [(route.account.name, route.sender) for route in found] == [
        ("pl", "48500100200"),
        ("au", "+61491570006"),
        ("au", "MYSHOP"),
    ]


def test_an_account_without_senders_is_listed_with_its_default_sender() -> None:
    (route,) = list_routes((Account("eu", "messente"),), "")
    assert format_route(route) == "eu · default sender"


def test_a_route_shows_what_matters_for_the_choice() -> None:
    pl, au, name = list_routes(ACCOUNTS, "")[2], *list_routes(ACCOUNTS, "")[:2]
    assert format_route_detail(au, "au") == "failed before"
    assert format_route_detail(pl, "au") == "replies reach us"
    assert format_route_detail(name, "pl") == "no replies"


def test_hostile_names_stay_on_their_line() -> None:
    (route,) = list_routes((Account("e\nu\x1b[2J", "messente", senders=("a\x07b",)),), "")
    assert all(char.isprintable() for char in format_route(route))
