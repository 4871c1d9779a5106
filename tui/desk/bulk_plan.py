"""Plan one text to many people: the text of each, who is left out and why, and what it costs.

The plan is what an agent confirms. Every check is made again when a message is queued
(`bulk_feeder.py`), as people opt out and colleagues write meanwhile.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from tui.desk.format import format_title
from tui.desk.routes import Route, choose_default_route
from tui.desk.same_text import SAME_TEXT, plan_text
from tui.desk.send_attempt import SendAttempt, SendPreferences
from tui.desk.send_checks import check_quiet_hours, find_empty_text, find_refusal
from tui.domain.account import Account
from tui.domain.bulk_text import BulkRecipient, BulkText, NightChoice, RecipientState
from tui.domain.conversation import Conversation
from tui.domain.local_time import find_next_allowed_time, find_zones
from tui.domain.phone import format_phone_number
from tui.domain.record_type import record
from tui.domain.sms import Encoding, count_parts
from tui.domain.templates import FillContext, collect_values, fill_fields, find_open_fields
from tui.domain.text import one_line
from tui.domain.typed_text import compose_outgoing_text
from tui.store.store import Store

IN_QUIET_HOURS = "in quiet hours"
UNTIL_MORNING = "later, after their quiet hours"
_TWICE = "listed twice"
_CHUNK = 200
"""Recipients that are planned before other work of the program gets its turn."""
_WHOLE_PART_SIZE = 160


@record
class BulkTarget:
    """A person to write to."""

    address: str
    """E.164 number, or a short code as it came."""
    party: str
    conversation: Conversation | None = None
    route: Route | None = None
    """Account and sender; None if there is no account."""


@record
class BulkOptions:
    """What happens with people whom a question is about, as no one is asked for each."""

    night: NightChoice = NightChoice.LATER
    again: bool = False
    """Whether it also goes to those who got the same text within a day."""


@record
class PlannedRecipient:
    """What is planned for one person."""

    target: BulkTarget
    recipient: BulkRecipient
    parts: int = 0

    @property
    def title(self) -> str:
        """Return the name or number of the person, safe on one line."""
        if self.target.conversation is not None:
            return format_title(self.target.conversation)
        return one_line(format_phone_number(self.target.address), 40)

    @property
    def is_going(self) -> bool:
        """Return whether the person gets the text, now or later."""
        return self.recipient.state is RecipientState.WAITING


@record
class BulkPlan:
    """One text to many people, before it is confirmed."""

    text: str
    options: BulkOptions
    people: tuple[PlannedRecipient, ...] = ()
    twice: int = 0
    """How often a person was listed again; each gets one text."""
    in_quiet_hours: int = 0
    """People who are in their quiet hours, whatever was chosen for them."""
    with_same_text: int = 0
    """People who got the same text within a day, whatever was chosen for them."""

    @property
    def going(self) -> list[PlannedRecipient]:
        """Return those who get the text, now or later."""
        return [one for one in self.people if one.is_going]

    @property
    def later(self) -> list[PlannedRecipient]:
        """Return those who get the text after their quiet hours."""
        return [one for one in self.going if one.recipient.send_at]

    @property
    def left_out(self) -> dict[str, int]:
        """Return how many are left out, by reason, most frequent first."""
        counts = Counter(one.recipient.reason for one in self.people if not one.is_going)
        return dict((counts + Counter({_TWICE: self.twice})).most_common())

    def count_parts_by_account(self) -> dict[str, int]:
        """Return the parts of all texts that go through each account."""
        counts: Counter[str] = Counter()
        for one in self.going:
            counts[one.recipient.account] += one.parts
        return dict(counts)


def list_targets(
    conversations: Sequence[Conversation], accounts: Sequence[Account]
) -> list[BulkTarget]:
    """Return conversations as people to write to, each by the route of a reply.

    Args:
        conversations: Conversations that were selected.
        accounts: All accounts, in the order of the settings.
    """
    return [
        BulkTarget(one.address, one.party, one, choose_default_route(accounts, one))
        for one in conversations
    ]


async def plan_bulk(
    store: Store,
    preferences: SendPreferences,
    targets: Sequence[BulkTarget],
    text: str,
    options: BulkOptions,
    now: int,
    zone: tzinfo | None = None,
) -> BulkPlan:
    """Return what would be sent to whom, and who is left out and why.

    Args:
        store: Store shared by all agents.
        preferences: Settings of the agent.
        targets: People to write to.
        text: Text with its fields.
        options: What happens with people whom a question is about.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    people = {target.party: target for target in targets}
    plan = BulkPlan(text, options, twice=len(targets) - len(people))
    if find_empty_text(text):
        return plan
    team_fields = await store.templates.get_fields()
    # Asked for only if the text has a field, as there may be thousands of people.
    contacts = await store.contact_fields.get_fields_of(people) if find_open_fields(text) else {}
    attempts: list[tuple[BulkTarget, SendAttempt]] = []
    for place, target in enumerate(people.values()):
        if place % _CHUNK == 0:
            await asyncio.sleep(0)
        own_fields = {**team_fields, **contacts.get(target.party, {})}
        body = fill_text(text, target, preferences.agent, own_fields, now, zone)
        attempt = SendAttempt(
            preferences, target.address, body, target.route, now, target.conversation
        )
        attempts.append((target, attempt))
    planned = [plan_text(attempt) for _, attempt in attempts]
    known = [one for one in planned if one is not None]
    found = iter(await store.sent_texts.find_all_same(known))
    same = [next(found) if one is not None else None for one in planned]
    checked = [
        (target, replace(attempt, same_text=same_text))
        for (target, attempt), same_text in zip(attempts, same, strict=True)
    ]
    return replace(
        plan,
        people=tuple(_plan_recipient(*one, options) for one in checked),
        in_quiet_hours=sum(bool(check_quiet_hours(one)) for _, one in checked),
        with_same_text=sum(one.same_text is not None for _, one in checked),
    )


def fill_text(
    text: str,
    target: BulkTarget,
    agent: str,
    own_fields: Mapping[str, str],
    now: int,
    zone: tzinfo | None,
) -> str:
    """Return the text for one person; a field without a value stays as it is written.

    Args:
        text: Text with its fields.
        target: Person who gets it.
        agent: Name of the agent.
        own_fields: Values of the team's fields and of the contact's own.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    account = target.route.account if target.route else None
    name = target.conversation.name if target.conversation else ""
    title = (account.title or account.name) if account else ""
    situation = FillContext(name, target.address, agent, title, now, zone)
    return compose_outgoing_text(fill_fields(text, collect_values(situation, own_fields)))


def _plan_recipient(
    target: BulkTarget, attempt: SendAttempt, options: BulkOptions
) -> PlannedRecipient:
    """Return what is planned for one person."""
    recipient = BulkRecipient(
        target.party,
        target.address,
        target.conversation.id if target.conversation else 0,
        target.route.account.name if target.route else "",
        target.route.sender if target.route else "",
        attempt.text,
        target.conversation.last_arrival if target.conversation else 0,
    )
    reason, send_at = find_obstacle(attempt, options.night, again=options.again)
    if reason and not send_at:
        left = replace(recipient, state=RecipientState.LEFT_OUT, reason=reason)
        return PlannedRecipient(target, left)
    recipient = replace(recipient, reason=reason, send_at=send_at)
    return PlannedRecipient(target, recipient, _count_parts(attempt))


def find_obstacle(attempt: SendAttempt, night: NightChoice, *, again: bool) -> tuple[str, int]:
    """Return why a text is not sent now, and when it can be (ms UTC; 0 for never).

    Args:
        attempt: Text to one person, with the same text if there is one.
        night: What happens with people who are in their quiet hours.
        again: Whether the same text is sent again.

    Returns:
        The reason, "" for none, and the time.
    """
    refusal = find_refusal(attempt)
    if refusal is not None:
        open_fields = find_open_fields(attempt.text)
        if open_fields and refusal.summary == "with open fields":
            return f"without a value for {one_line(open_fields[0].placeholder, 34)}", 0
        return refusal.summary or refusal.reason, 0
    if attempt.same_text is not None and not again:
        return SAME_TEXT, 0
    hours = attempt.preferences.quiet_hours
    if hours is None or night is NightChoice.ANYWAY or not check_quiet_hours(attempt):
        return "", 0
    zones = find_zones(attempt.to)
    at = find_next_allowed_time(zones, attempt.now, hours) if night is NightChoice.LATER else None
    return (UNTIL_MORNING, at) if at is not None else (IN_QUIET_HOURS, 0)


def _count_parts(attempt: SendAttempt) -> int:
    """Return the parts of a text, as its account counts them."""
    counted = count_parts(attempt.text)
    capabilities = attempt.route.account.capabilities if attempt.route else None
    whole = capabilities is not None and capabilities.has_whole_160_parts
    if whole and counted.encoding is Encoding.GSM7:
        return -(-counted.units // _WHOLE_PART_SIZE)
    return len(counted.parts)


def create_bulk(
    plan: BulkPlan, agent: str, *, pace: int, starts_at: int
) -> tuple[BulkText, list[BulkRecipient]]:
    """Return a plan as it is stored: the text, and everyone with what was planned.

    Args:
        plan: Plan that was confirmed.
        agent: Name of the agent.
        pace: Texts a minute through each account.
        starts_at: Time before which nothing is queued (ms UTC).
    """
    night, again = plan.options.night, plan.options.again
    bulk = BulkText(agent, plan.text, pace, starts_at, night, again)
    return bulk, [one.recipient for one in plan.people]
