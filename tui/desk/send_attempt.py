"""A message that is about to be queued, and the objections of the checks before sending."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import tzinfo
from typing import Protocol

from tui.desk.routes import Route, SendPlan, format_plan_time
from tui.domain.account import Account
from tui.domain.conversation import Conversation, Draft
from tui.domain.local_time import HourRange
from tui.domain.message import (
    NO_MMS_CONTENT,
    NO_OPTIONS,
    Format,
    Message,
    MmsContent,
    SendOptions,
    SentText,
)
from tui.domain.opt_out_sentence import append_sentence, find_sentence
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.domain.typed_text import compose_outgoing_text

_MAX_NAMED_ACCOUNTS = 3


class SendPreferences(Protocol):
    """The settings that the checks read."""

    @property
    def agent(self) -> str:
        """Return the name of the agent who sends."""

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts with their capabilities."""

    @property
    def opt_out_sentence(self) -> str:
        """Return the sentence that is added once to each conversation; empty for none."""

    @property
    def quiet_hours(self) -> HourRange | None:
        """Return the hours in which customers are not texted; None for no check."""


@record
class SendIntent:
    """What an agent wants to send, as one value.

    It stays whole through every refusal and question, and a question that was answered counts
    for exactly this value: see `SendConfirmation`.
    """

    conversation_id: int = 0
    to: str = ""
    """Address that is shown where the text is written."""
    text: str = ""
    route: Route | None = None
    """Account and sender; None if no account is configured."""
    enclosed: MmsContent = NO_MMS_CONTENT
    plan: SendPlan | None = None
    """When to send; None for now."""
    close: bool = False
    """Whether the conversation is closed after it."""
    is_spoken: bool = False
    options: SendOptions = NO_OPTIONS
    retry_of: int | None = None
    """Failed message that it replaces, with the same text."""

    @property
    def has_content(self) -> bool:
        """Return whether there is anything to save as a draft."""
        return bool(self.text or self.enclosed)

    def describe_action(self, now: int, zone: tzinfo | None, new_recipient: str = "") -> str:
        """Return what a key that confirms it does: "schedules for tomorrow 06:00".

        Args:
            now: Current time (ms UTC).
            zone: Time zone of the agent; None for the system's.
            new_recipient: Number to name as it goes there now; empty to name none.
        """
        if self.plan is not None:
            action = f"schedules for {format_plan_time(self.plan, now, zone)}"
        elif self.retry_of is not None and self.route is not None:
            account, sender = one_line(self.route.account.name, 20), one_line(self.route.sender, 20)
            action = f"sends through {account}" + (f" as {sender}" if sender else "")
        else:
            action = "sends" if self.close or new_recipient else "sends anyway"
        action += f" to {new_recipient}" if new_recipient else ""
        return f"{action} and closes" if self.close else action


def create_retry_intent(message: Message, route: Route | None, to: str, now: int) -> SendIntent:
    """Return the intent to send a failed message again.

    A time that is still ahead is kept: what was to be sent tomorrow is not sent today.

    Args:
        message: Message that failed.
        route: Account and sender to use now; None if there is no account.
        to: Address of the customer.
        now: Current time (ms UTC).
    """
    at = message.scheduled_at
    return SendIntent(
        message.conversation_id,
        to,
        message.body,
        route,
        MmsContent(message.media, message.subject),
        SendPlan(at, message.cancel_on_reply) if at is not None and at > now else None,
        is_spoken=message.format is Format.TTS,
        options=message.options,
        retry_of=message.id,
    )


@record
class SendAttempt:
    """A message that is about to be queued, with all that the checks need to know."""

    preferences: SendPreferences
    to: str
    """Party of the conversation: E.164 number, or a short code as received."""
    text: str
    """Text as it is sent; it is composed (NFC) when the attempt is created."""
    route: Route | None
    """Account and sender; None if no account is configured."""
    now: int
    """Current time (ms UTC)."""
    conversation: Conversation | None = None
    """Conversation with the customer; None if there is none yet."""
    enclosed: MmsContent = NO_MMS_CONTENT
    plan: SendPlan | None = None
    """When to send; None for now."""
    is_ping: bool = False
    """Whether it only asks if the phone is on."""
    is_spoken: bool = False
    """Whether the text is read out in a call."""
    options: SendOptions = NO_OPTIONS
    retry_of: int | None = None
    """Failed message that this one replaces, with the same text."""
    messages: Sequence[Message] = ()
    """Messages that the agent could see by now, oldest first."""
    seen_upto: int | None = None
    """`arrival_id` up to which the agent has seen all; None if the message is not a reply."""
    former_recipients: frozenset[str] = frozenset()
    """Addresses that the text was begun for before a merge; "" for one that is not known."""
    draft: Draft | None = None
    """Draft that the agent saw when sending it; None if it was not typed in one."""
    same_text: SentText | None = None
    """The same text within a day of it, as `add_same_text` finds it; None for none."""
    lock_holder: str = ""
    """Colleague who holds the compose lock; "" if it is free or held by this agent."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key, or option of a command, by command id: what the words of a check name as help."""

    def __post_init__(self) -> None:
        """Compose the texts, so that every path checks, stores and sends what was counted."""
        subject = compose_outgoing_text(self.enclosed.subject)
        object.__setattr__(self, "text", compose_outgoing_text(self.text))
        object.__setattr__(self, "enclosed", replace(self.enclosed, subject=subject))

    def with_intent(self, intent: SendIntent) -> "SendAttempt":
        """Return the attempt to send exactly what an agent wants."""
        return replace(
            self,
            to=intent.to,
            text=intent.text,
            route=intent.route,
            enclosed=intent.enclosed,
            plan=intent.plan,
            is_spoken=intent.is_spoken,
            options=intent.options,
            retry_of=intent.retry_of,
        )

    @property
    def sentence(self) -> str:
        """Return the sentence about opting out that is added to the text, or ""."""
        account = self.route.account if self.route else None
        return find_sentence(self.preferences, account, self.conversation, self.format)

    @property
    def full_text(self) -> str:
        """Return the text with what is added to it: this is counted and sent."""
        return append_sentence(self.text, self.sentence)

    @property
    def send_at(self) -> int:
        """Return when the message is sent (ms UTC)."""
        return self.plan.send_at if self.plan else self.now

    @property
    def format(self) -> Format:
        """Return the format of the message."""
        if self.is_ping:
            return Format.PING
        if self.is_spoken:
            return Format.TTS
        return Format.MMS if self.enclosed.media else Format.SMS


@record
class Objection:
    """One reason against sending a message: a refusal, or a question that is asked once."""

    reason: str
    """The problem; that of a refusal continues "Not sent: "."""
    remedy: str = ""
    """Change that helps, with its key or option."""
    question: str = ""
    """Identifies a question; empty for a refusal, which no answer changes."""
    summary: str = ""
    """Short form of a refusal, to be counted: "2 opted out"."""

    @property
    def is_refusal(self) -> bool:
        """Return whether the message cannot be sent whatever the agent answers."""
        return not self.question

    @property
    def text(self) -> str:
        """Return the objection as an agent reads it after the attempt to send."""
        text = f"{self.reason} · {self.remedy}" if self.remedy else self.reason
        return f"Not sent: {text}" if self.is_refusal else text

    @property
    def sentence(self) -> str:
        """Return a refusal as an agent reads it before there is anything to send."""
        text = f"{self.reason} · {self.remedy}" if self.remedy else self.reason
        return text[:1].upper() + text[1:]


def suggest_remedy(attempt: SendAttempt, change: str = "") -> str:
    """Return what helps when the account cannot send the message.

    Args:
        attempt: Message that the account cannot send.
        change: How to change the message; a retry cannot be changed.
    """
    remedies = [change] if change and attempt.retry_of is None else []
    names = [one_line(account.name, 20) for account in _find_other_accounts(attempt)]
    if names:
        key = attempt.keys.get("account" if attempt.retry_of is None else "retry_through", "")
        use = f"use {' or '.join(names[:_MAX_NAMED_ACCOUNTS])}"
        remedies.append(f"{use} ({key})" if key else use)
    return ", or ".join(remedies) or "no other account can send it"


def _find_other_accounts(attempt: SendAttempt) -> list[Account]:
    """Return the other accounts that can send the message as it is."""
    used = attempt.route.account.name if attempt.route else ""
    return [
        account
        for account in attempt.preferences.accounts
        if account.name != used
        and account.can_send_length(len(attempt.full_text))
        and (account.can_send_pictures or not attempt.enclosed)
        and account.can_reach(attempt.to)
        and not account.find_missing_feature(attempt.format, attempt.options)
    ]


class NotSentError(Exception):
    """Raised when a message was not queued; the text is for the agent."""


class ChangedElsewhereError(NotSentError):
    """Raised when another window of the agent has sent or changed the text meanwhile.

    What is stored is the newest text: the one that was submitted must not be put back.
    """


class RefusedError(NotSentError):
    """Raised when a check refuses a message."""

    def __init__(self, objection: Objection) -> None:
        """Create the error from the refusal."""
        super().__init__(objection.text)
        self.objection = objection
