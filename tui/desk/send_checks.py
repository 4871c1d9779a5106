"""Checks before a message is queued: one list for every path that sends.

A check refuses a message, or asks for a second look, and names what helps. All messages pass
`outgoing.queue_attempt`. A person is asked (`SendConfirmation`); only refusals stop scripts.
"""

from collections.abc import Callable, Iterable, Sequence

from tui.desk.format import format_title
from tui.desk.merging import check_former_recipients
from tui.desk.routes import explain_unreachable
from tui.desk.same_text import check_same_text
from tui.desk.send_attempt import Objection, SendAttempt, SendIntent, suggest_remedy
from tui.domain.local_time import find_next_allowed_time, find_quiet_times, find_zones
from tui.domain.message import Direction
from tui.domain.phone import can_be_answered
from tui.domain.templates import find_open_fields
from tui.domain.text import one_line
from tui.domain.typed_text import is_blank_text

_MAX_NAMED_FIELDS = 3
NO_ACCOUNT = Objection(
    "no account is configured", "run smsdesk doctor", summary="without an account"
)
EMPTY_TEXT = Objection("the text is empty", "write the message first", summary="empty")
_INVISIBLE_TEXT = Objection(
    "there is nothing to see in the text", "it has only invisible characters", summary="empty"
)


# Who can be texted -------------------------------------------------------------------------


def check_opt_out(attempt: SendAttempt) -> list[Objection]:
    """Refuse a message to a customer who has opted out.

    The store checks this again when it queues and when it sends the message.
    """
    if attempt.conversation is None or not attempt.conversation.opted_out:
        return []
    key = attempt.keys.get("consent", "")
    remedy = f"nothing can be sent ({key} has more)" if key else ""
    return [Objection("this customer has opted out", remedy, summary="opted out")]


def check_recipient(attempt: SendAttempt) -> list[Objection]:
    """Refuse a message to a sender that is a name: it takes none, through any account."""
    if can_be_answered(attempt.to):
        return []
    note, new = attempt.keys.get("note", ""), attempt.keys.get("new", "")
    remedy = f"{note} writes a private note, {new} writes to a number" if note and new else ""
    return [Objection(explain_unreachable(attempt.to, None), remedy, summary="to a name")]


def check_account(attempt: SendAttempt) -> list[Objection]:
    """Refuse a message without an account to send it through."""
    return [NO_ACCOUNT] if attempt.route is None else []


def check_compose_lock(attempt: SendAttempt) -> list[Objection]:
    """Refuse a reply where a colleague has taken the compose lock meanwhile."""
    if not attempt.lock_holder:
        return []
    holder, key = one_line(attempt.lock_holder, 20), attempt.keys.get("take_over", "")
    return [Objection(f"{holder} writes here now", f"Esc {key} takes over" if key else "")]


# The text ----------------------------------------------------------------------------------


def find_empty_text(text: str) -> Objection | None:
    """Return the refusal of a text in which there is nothing to see, or None."""
    refusal = _INVISIBLE_TEXT if text.strip() else EMPTY_TEXT
    return refusal if is_blank_text(text) else None


def check_empty(attempt: SendAttempt) -> list[Objection]:
    """Refuse a message with neither text nor pictures."""
    refusal = None if attempt.enclosed.media else find_empty_text(attempt.text)
    return [refusal] if refusal else []


def check_open_fields(attempt: SendAttempt) -> list[Objection]:
    """Refuse a text with fields of a canned reply that are not filled in."""
    fields = list(dict.fromkeys(blank.placeholder for blank in find_open_fields(attempt.text)))
    if not fields:
        return []
    more = f" and {len(fields) - _MAX_NAMED_FIELDS} more" if len(fields) > _MAX_NAMED_FIELDS else ""
    names = one_line(", ".join(fields[:_MAX_NAMED_FIELDS]), 90)
    verb, them = ("is", "it") if len(fields) == 1 else ("are", "them")
    remedy, key = f"replace {them}", attempt.keys.get("edit_contact", "")
    if key:
        remedy += f", or Esc {key} writes {them} into the contact"
    reason = f"{names}{more} {verb} not filled in"
    return [Objection(reason, remedy, summary="with open fields")]


def check_planned_time(attempt: SendAttempt) -> list[Objection]:
    """Refuse a message whose planned time has passed: it is not sent at once instead."""
    if attempt.plan is None or attempt.plan.send_at > attempt.now:
        return []
    key = attempt.keys.get("schedule", "")
    remedy = f"{key} picks another time, or drops it" if key else "choose another time"
    return [Objection("the planned time has passed", remedy, summary="planned for a time passed")]


# What the account can send -----------------------------------------------------------------


def check_length(attempt: SendAttempt) -> list[Objection]:
    """Refuse a text that is longer than the account accepts."""
    route, text = attempt.route, attempt.full_text
    if route is None or route.account.can_send_length(len(text)):
        return []
    assert route.account.capabilities is not None
    longest = route.account.capabilities.max_characters
    reason = f"{len(text)} characters, {one_line(route.account.name, 20)} takes at most {longest}"
    return [Objection(reason, suggest_remedy(attempt, "shorten it"), summary="too long")]


def check_pictures(attempt: SendAttempt) -> list[Objection]:
    """Refuse pictures that the account cannot send, and then what else it cannot do."""
    route = attempt.route
    if route is None or not attempt.enclosed or route.account.can_send_pictures:
        return _check_features(attempt)
    key = attempt.keys.get("pictures", "")
    remedy = suggest_remedy(attempt, f"{key} removes them" if key else "remove them")
    reason = f"{one_line(route.account.name, 20)} cannot send pictures"
    return [Objection(reason, remedy, summary="with pictures that the account cannot send")]


def _check_features(attempt: SendAttempt) -> list[Objection]:
    """Refuse a call, a limited validity or metadata that the account cannot send."""
    account = attempt.route.account if attempt.route else None
    missing = account.find_missing_feature(attempt.format, attempt.options) if account else ""
    if account is None or not missing:
        return []
    reason = f"{one_line(account.name, 20)} cannot {missing}"
    return [Objection(reason, suggest_remedy(attempt), summary="not possible with the account")]


def check_destination(attempt: SendAttempt) -> list[Objection]:
    """Refuse a number in a country, or a short code, to which the account does not deliver.

    The provider would reject it, and its error reads as if the number were wrong.
    """
    route = attempt.route
    if route is None or not can_be_answered(attempt.to) or route.account.can_reach(attempt.to):
        return []
    assert route.account.capabilities is not None
    codes = " and ".join(f"+{code}" for code in sorted(route.account.capabilities.regions))
    limit = f"{one_line(route.account.name, 20)} delivers only to {codes}"
    reason = explain_unreachable(attempt.to, route) or limit
    return [Objection(reason, suggest_remedy(attempt), summary="out of reach of the account")]


# Questions ---------------------------------------------------------------------------------


def check_newer_messages(attempt: SendAttempt) -> list[Objection]:
    """Ask about messages that came after the agent began to write.

    They are shown first, so that no reply crosses them unseen.
    """
    conversation, seen_upto = attempt.conversation, attempt.seen_upto
    if conversation is None or seen_upto is None:
        return []
    new = [message for message in attempt.messages if message.arrival_id > seen_upto]
    if not new:
        return []
    last = sorted(new, key=lambda message: message.arrival_id)[-1]
    name = format_title(conversation) if last.direction is Direction.IN else last.agent
    author = one_line(name, 30) or "Another agent"
    action = {
        Direction.IN: "has written",
        Direction.OUT: "has answered",
        Direction.NOTE: "has left a note",
    }[last.direction]
    return [Objection(f"{author} {action} meanwhile, see above", question=f"news {last.id}")]


def check_quiet_hours(attempt: SendAttempt) -> list[Objection]:
    """Ask if it will be in the customer's quiet hours when the message is sent."""
    hours, at, zones = attempt.preferences.quiet_hours, attempt.send_at, find_zones(attempt.to)
    # A ping shows nothing on the phone, so it wakes no one.
    if hours is None or attempt.is_ping:
        return []
    quiet_times = find_quiet_times(zones, at, hours)
    if not quiet_times:
        return []
    remedy, key = "", attempt.keys.get("schedule", "")
    # In a country with many time zones there may be no moment outside of the quiet hours of all
    # of them; then nothing is suggested.
    if key and find_next_allowed_time(zones, at, hours) is not None:
        remedy = f"{key} waits until {hours[1]:02}:00"
    reason = f"It is {quiet_times[0]:%H:%M} there"
    return [Objection(reason, remedy, question=f"night {attempt.to}")]


# The list ----------------------------------------------------------------------------------

SendCheck = Callable[[SendAttempt], list[Objection]]
"""Return the objections of one check, or an empty list."""

CHECKS: tuple[SendCheck, ...] = (
    check_opt_out,
    check_recipient,
    check_account,
    check_empty,
    check_compose_lock,
    check_open_fields,
    check_planned_time,
    check_length,
    check_pictures,
    check_destination,
    check_former_recipients,
    check_newer_messages,
    check_same_text,
    check_quiet_hours,
)
"""Every check before sending, in the order in which their refusals are shown."""

CHECKS_BEFORE_WRITING: tuple[SendCheck, ...] = (check_opt_out, check_recipient, check_account)
"""The checks that need no text: they refuse before an agent begins to write."""


def list_objections(attempt: SendAttempt) -> list[Objection]:
    """Return the objections of all checks."""
    return [objection for check in CHECKS for objection in check(attempt)]


def find_refusal(
    attempt: SendAttempt, checks: Sequence[SendCheck] | None = None
) -> Objection | None:
    """Return the first objection that no answer of an agent changes, or None.

    Args:
        attempt: Message to check.
        checks: Checks to run; None for all.
    """
    found = (one for check in (CHECKS if checks is None else checks) for one in check(attempt))
    return next((objection for objection in found if objection.is_refusal), None)


class SendConfirmation:
    """Remember the questions that an agent has seen about one message.

    They count for exactly the message that was asked about: with another text, time, route or
    picture, to another customer, or without closing, they are asked again.
    """

    def __init__(self, confirm_key: str = "Enter again") -> None:
        """Create a confirmation without any question seen.

        Args:
            confirm_key: Key or action that sends in spite of the questions.
        """
        self._confirm_key = confirm_key
        self._asked: set[str] = set()
        self._intent: SendIntent | None = None

    def review_objections(
        self,
        objections: Iterable[Objection],
        intent: SendIntent | None = None,
        confirmation: str = "",
    ) -> str:
        """Return the text to show instead of sending, or "" if the message can go.

        Questions count as seen after this call, so the same questions pass the next time.

        Args:
            objections: Result of all checks.
            intent: What is to be sent.
            confirmation: What confirms it, and what that does; empty for an ordinary reply.
        """
        if intent != self._intent:
            self.reset_questions()
            self._intent = intent
        found = list(objections)
        refusals = [objection.text for objection in found if objection.is_refusal]
        if refusals:
            return refusals[0]
        questions = [objection for objection in found if objection.question not in self._asked]
        self._asked |= {objection.question for objection in questions}
        if not questions:
            return ""
        confirmation = confirmation or f"{self._confirm_key} sends anyway"
        return f"{' · '.join(o.text for o in questions)} · {confirmation}"

    @property
    def is_asking(self) -> bool:
        """Return whether a question waits for its answer."""
        return bool(self._asked)

    def reset_questions(self) -> None:
        """Forget the questions: the agent does not see them any more."""
        self._asked.clear()
        self._intent = None
