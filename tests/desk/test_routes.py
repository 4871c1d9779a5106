"""Test from which own number and through which account a reply is sent."""

from dataclasses import replace

from tests.domain.test_views import OPEN
from tui.desk.routes import Route, choose_default_route, describe_route_change, select_next_sender
from tui.domain.account import Account
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel

ACCOUNT = Account("sw", "smartswitch", senders=("+12025550144", "DESK"))


def test_an_own_number_without_its_plus_still_belongs_to_the_account() -> None:
    customer = replace(OPEN, account="sw", own="12025550144")
    route = choose_default_route([ACCOUNT], customer)
    assert route is not None and route.sender == "+12025550144"
    assert select_next_sender(route).sender == "DESK"


def test_an_own_number_that_no_setting_names_is_kept() -> None:
    route = choose_default_route([ACCOUNT], replace(OPEN, account="sw", own="12025550199"))
    assert route is not None and route.sender == "12025550199"


def test_a_change_of_account_describes_what_it_changes() -> None:
    asked = Capabilities("MessageMedia", ReplyChannel.BOTH, ReceiptChannel.PAGE)
    pushed = Capabilities(
        "MessagePort",
        ReplyChannel.PUSH,
        ReceiptChannel.NONE,
        rewrite_note="GSM characters only",
        has_whole_160_parts=True,
    )
    old = Route(Account("au", "messagemedia", capabilities=asked), "+61491570157")
    new = Route(Account("mp", "messageport", capabilities=pushed), "DESK")
    description = describe_route_change(old, new)
    for part in ("now through mp", "as DESK", "no replies", "GSM characters", "multiples of 160"):
        assert part in description
    assert "price" in description
