"""Which own number an answer goes out under."""

from dataclasses import replace

from tests.domain.test_views import OPEN
from tui.desk.routes import Route, choose_default_route, describe_route_change, select_next_sender
from tui.domain.account import Account
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel

ACCOUNT = Account("sw", "smartswitch", senders=("+12025550144", "DESK"))


def test_a_number_that_came_without_its_plus_is_still_the_accounts_own() -> None:
    customer = replace(OPEN, account="sw", own="12025550144")
    route = choose_default_route([ACCOUNT], customer)
    assert route is not None and route.sender == "+12025550144"
    assert select_next_sender(route).sender == "DESK"


def test_an_own_number_that_no_setting_names_is_kept() -> None:
    route = choose_default_route([ACCOUNT], replace(OPEN, account="sw", own="12025550199"))
    assert route is not None and route.sender == "12025550199"


def test_another_account_tells_what_it_changes() -> None:
    asked = Capabilities("MessageMedia", ReplyChannel.BOTH, ReceiptChannel.PAGE)
    pushed = Capabilities(
        "MessagePort",
        ReplyChannel.PUSH,
        ReceiptChannel.NONE,
        rewrite_note="GSM letters only",
        has_whole_160_parts=True,
    )
    old = Route(Account("au", "messagemedia", capabilities=asked), "+61491570157")
    new = Route(Account("mp", "messageport", capabilities=pushed), "DESK")
    words = describe_route_change(old, new)
    for part in ("now through mp", "as DESK", "cannot be answered", "GSM letters", "whole 160s"):
        assert part in words
    assert "price" in words
