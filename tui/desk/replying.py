"""Which way a reply goes: account, sender, and whether the customer can answer it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.domain.account import Account
from tui.domain.capabilities import Channel
from tui.domain.conversation import Conversation
from tui.domain.phone import answerable
from tui.domain.text import one_line


@dataclass(frozen=True, slots=True)
class Route:
    """The account and sender a message will use."""

    account: Account
    sender: str
    """Empty: the account's default."""

    @property
    def words(self) -> str:
        """For the composer's border: "au MessageMedia · +61 … · can answer"."""
        title = self.account.capabilities.title if self.account.capabilities else ""
        name = f"{self.account.name} {title}".strip()
        return " · ".join([name, self.sender or "default sender", answer_words(self)])

    @property
    def rewrites(self) -> str:
        """What happens to the text by itself this way; empty when nothing is known to."""
        can = self.account.capabilities
        if can is None or (self.sender and can.keeps_texts_with_sender):
            return ""
        return can.rewrites


@dataclass(frozen=True, slots=True)
class Plan:
    """When a message is to go out."""

    at: int
    """Ms UTC."""
    until_reply: bool = False
    """Whether it is taken back when the customer writes first."""


LOCKED_WORDS = "opted out: nothing can be sent"
"""Stands where the way would: there is none to this customer."""


def held_by_provider(route: Route) -> bool:
    """Whether the provider keeps scheduled messages; otherwise they wait on the desk."""
    can = route.account.capabilities
    return can is not None and can.schedule


def keeper_words(route: Route) -> str:
    """Who keeps the message until its time, and what that asks of the desk."""
    name = one_line(route.account.name, 20)
    if held_by_provider(route):
        return f"{name} keeps it and sends it, even when smsdesk is not running."
    return f"{name} cannot schedule: it waits on this desk, where smsdesk must be running then."


def default_route(accounts: Sequence[Account], conversation: Conversation) -> Route | None:
    """The account and own number that the customer last used; None without any account."""
    if not accounts:
        return None
    named = [account for account in accounts if account.name == conversation.account]
    account = (named or list(accounts))[0]
    return Route(account, _own(account, conversation))


def next_account(accounts: Sequence[Account], route: Route, conversation: Conversation) -> Route:
    """The same message through the next account."""
    place = [account.name for account in accounts].index(route.account.name)
    account = accounts[(place + 1) % len(accounts)]
    return Route(account, _own(account, conversation))


def next_sender(route: Route) -> Route:
    """The same account with its next own number or name, the default among them."""
    senders = ("", *route.account.senders)
    place = senders.index(route.sender) if route.sender in senders else 0
    return replace(route, sender=senders[(place + 1) % len(senders)])


def changes(old: Route, new: Route) -> str:
    """What another way changes for this message, besides its name: one line.

    Prices are the operators' secret until a receipt tells one, so the line only warns of them.
    """
    found = [f"now through {new.account.name}"]
    if new.sender != old.sender:
        found.append(f"as {new.sender or 'its default sender'}")
    if answer_words(new) != answer_words(old):
        found.append(answer_words(new))
    before, after = old.account.capabilities, new.account.capabilities
    if before is not None and after is not None:
        if new.rewrites and new.rewrites != old.rewrites:
            found.append(new.rewrites)
        if after.whole_160_parts != before.whole_160_parts:
            counted = "whole 160s" if after.whole_160_parts else "153s"
            found.append(f"parts are counted in {counted}")
    found.append("the price may differ")
    return " · ".join(found)


def _own(account: Account, conversation: Conversation) -> str:
    """The own number the customer wrote to, else the account's first."""
    if conversation.own and account.name == conversation.account:
        return next((s for s in account.senders if _same(s, conversation.own)), conversation.own)
    return account.senders[0] if account.senders else ""


def _same(sender: str, own: str) -> bool:
    """Whether both are one number: some providers leave the plus away."""
    return sender.removeprefix("+") == own.removeprefix("+")


_ANSWERED = {"serwersms": frozenset({"2waysms"})}
"""Names that stand for a number of the provider's: those can be answered (SerwerSMS, sender)."""


def answer_words(route: Route) -> str:
    """Whether an answer can come back, and if not, why."""
    capabilities = route.account.capabilities
    if route.sender.casefold() in _ANSWERED.get(route.account.provider, ()):
        return "can answer"
    if route.sender and not answerable(route.sender):
        return "cannot be answered: a name as sender"
    if capabilities is None:
        return "can answer"
    if not route.sender and not capabilities.default_sender_answerable:
        return "may not be answerable: choose a number"
    if capabilities.replies is Channel.NONE:
        return "answers do not reach this desk"
    if capabilities.replies is Channel.PUSH and not route.account.listener:
        return "answers need the listener"
    return "can answer"
