"""Routes of a message: account, sender, and whether the customer's reply reaches smsdesk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from tui.desk.format import format_date_time
from tui.domain.account import Account
from tui.domain.capabilities import ReplyChannel
from tui.domain.conversation import Conversation, Draft
from tui.domain.date_input import format_moment
from tui.domain.local_time import find_next_allowed_time, find_quiet_times, find_zones
from tui.domain.phone import can_answer_sender, can_be_answered
from tui.domain.record_type import record
from tui.domain.text import one_line

if TYPE_CHECKING:
    from tui.desk.context import AppContext


@record
class Route:
    """Account and sender that a message uses."""

    account: Account
    sender: str
    """Sender ID; empty for the account's default."""

    @property
    def summary(self) -> str:
        """Return the text for the composer's border: "au MessageMedia · +61 … · …"."""
        title = self.account.capabilities.title if self.account.capabilities else ""
        return self._join_parts(f"{self.account.name} {title}".strip())

    @property
    def short_summary(self) -> str:
        """Return the summary without the provider, for a narrow border."""
        return self._join_parts(self.account.name)

    def _join_parts(self, name: str) -> str:
        """Return a name for the account, the sender, and whether replies arrive."""
        return " · ".join([name, self.sender or "default sender", format_answerability(self)])

    @property
    def rewrite_warning(self) -> str:
        """Return how the provider changes the text on this route, or "" if it does not."""
        capabilities = self.account.capabilities
        if capabilities is None or (self.sender and capabilities.has_no_rewrite_with_sender):
            return ""
        return capabilities.rewrite_note


@record
class SendPlan:
    """When a message is sent."""

    send_at: int
    """Time of sending (ms UTC)."""
    cancel_on_reply: bool = False
    """Whether the message is cancelled when the customer writes first."""


def read_plan(draft: Draft) -> SendPlan | None:
    """Return when a draft is to be sent; None for at once."""
    return None if draft.send_at is None else SendPlan(draft.send_at, draft.cancel_on_reply)


def format_plan_time(plan: SendPlan, now: int, zone: tzinfo | None) -> str:
    """Return when a planned message is sent: "tomorrow 06:00 unless they write first".

    Args:
        plan: When to send.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    moment = format_moment(plan.send_at, now, zone).split(",")[0]
    return f"{moment} unless they write first" if plan.cancel_on_reply else moment


OPTED_OUT_LABEL = "opted out: nothing can be sent"
"""Shown instead of the route to a customer who has opted out."""


def is_held_by_provider(route: Route) -> bool:
    """Return whether the provider holds scheduled messages; otherwise smsdesk does."""
    capabilities = route.account.capabilities
    return capabilities is not None and capabilities.can_schedule


def format_schedule_holder(route: Route) -> str:
    """Return where a scheduled message waits, and whether smsdesk must be running then."""
    name = one_line(route.account.name, 20)
    if is_held_by_provider(route):
        return f"{name} stores it and sends it, even when smsdesk is not running."
    return f"{name} cannot schedule: it waits here, and smsdesk must be running then."


def suggest_send_time(context: "AppContext", party: str) -> str:
    """Return the end of the customer's quiet hours, as the agent would type it.

    Args:
        context: Settings of the agent.
        party: Number of the customer.

    Returns:
        A local date and time; "" if no quiet hours apply now.
    """
    zones, now, hours = find_zones(party), context.clock.now(), context.preferences.quiet_hours
    if hours is None or not find_quiet_times(zones, now, hours):
        return ""
    at = find_next_allowed_time(zones, now, hours)
    return format_date_time(at, context.zone) if at else ""


def choose_default_route(accounts: Sequence[Account], conversation: Conversation) -> Route | None:
    """Return the account and own number that the customer last used.

    Args:
        accounts: All accounts, in the order of the settings.
        conversation: Conversation with the customer.

    Returns:
        The route; None if there is no account.
    """
    if not accounts:
        return None
    last_used = [account for account in accounts if account.name == conversation.account]
    account = (last_used or list(accounts))[0]
    return Route(account, _choose_sender(account, conversation))


def select_next_account(
    accounts: Sequence[Account], route: Route, conversation: Conversation
) -> Route:
    """Return the route through the next account, with its own sender.

    Args:
        accounts: All accounts, in the order of the settings.
        route: Route that is used now.
        conversation: Conversation with the customer.
    """
    index = [account.name for account in accounts].index(route.account.name)
    account = accounts[(index + 1) % len(accounts)]
    return Route(account, _choose_sender(account, conversation))


def select_next_sender(route: Route) -> Route:
    """Return the route with the account's next sender; the default sender is one of them."""
    senders = ("", *route.account.senders)
    index = senders.index(route.sender) if route.sender in senders else 0
    return replace(route, sender=senders[(index + 1) % len(senders)])


def describe_route_change(old: Route, new: Route) -> str:
    """Return on one line what another route changes for a message.

    Prices are unknown until a receipt reports one, so the line only warns that they may differ.

    Args:
        old: Route before.
        new: Route now.
    """
    parts = [f"now through {new.account.name}"]
    if new.sender != old.sender:
        parts.append(f"as {new.sender or 'its default sender'}")
    if format_answerability(new) != format_answerability(old):
        parts.append(format_answerability(new))
    before, after = old.account.capabilities, new.account.capabilities
    if before is not None and after is not None:
        if new.rewrite_warning and new.rewrite_warning != old.rewrite_warning:
            parts.append(new.rewrite_warning)
        if after.has_whole_160_parts != before.has_whole_160_parts:
            counted = "multiples of 160" if after.has_whole_160_parts else "153s"
            parts.append(f"parts are counted in {counted}")
    parts.append("the price may differ")
    return " · ".join(parts)


def _choose_sender(account: Account, conversation: Conversation) -> str:
    """Return the own number that the customer wrote to, else the account's first sender."""
    if conversation.own and account.name == conversation.account:
        # Prefer the spelling of the settings. A number that is not in them is used all the same:
        # the customer wrote to it, so the reply must come from it.
        return next(
            (s for s in account.senders if _is_same_number(s, conversation.own)), conversation.own
        )
    return account.senders[0] if account.senders else ""


def _is_same_number(sender: str, own: str) -> bool:
    """Return whether both are one number; some providers omit the plus."""
    return sender.removeprefix("+") == own.removeprefix("+")


NO_REPLIES = "this sender takes no replies"
"""What is said of a customer whose address is a name."""


def explain_unreachable(party: str, route: Route | None) -> str:
    """Return why no message can be sent to this kind of address, or "" if one can.

    Args:
        party: Party of the conversation.
        route: Account and sender to use, or None without an account.
    """
    if not can_be_answered(party):
        return f"{NO_REPLIES}: it is a name"
    if route is not None and not route.account.can_send_to_kind(party):
        return f"{one_line(route.account.name, 20)} cannot send to a short code"
    return ""


def format_answerability(route: Route) -> str:
    """Return whether the customer's reply reaches smsdesk and, if not, why."""
    capabilities = route.account.capabilities
    if capabilities is not None and route.sender.casefold() in capabilities.answerable_names:
        return "replies reach us"
    if route.sender and not can_answer_sender(route.sender):
        return "no replies: the sender is a name"
    if capabilities is None:
        return "replies reach us"
    if not route.sender and not capabilities.can_answer_default_sender:
        return "replies may not reach us: choose a number"
    if capabilities.replies is ReplyChannel.NONE:
        return "replies do not reach us"
    if capabilities.replies is ReplyChannel.PUSH and not route.account.listener:
        return "replies need the listener"
    return "replies reach us"


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
        failed: Account that failed before.
    """
    if route.account.name == failed:
        return "failed before"
    return format_answerability(route).partition(":")[0]
