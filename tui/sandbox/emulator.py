"""Define the base class of all emulators.

`tui.sandbox` says how to add one. A subclass implements `build_routes`, `to_status`,
`create_receipt` and `receive_message`; the base class does the rest:

* `accept_message` adds one entry to the ledger for every message that the provider accepts and
  schedules its delivery (`tui.sandbox.handset`): at each step the entry's `stage` and `status`
  (the provider's own, from `to_status`) change and `create_receipt` is called;
* `create_receipt` builds the provider's receipt and passes it to `put_receipt` (which obeys the
  receipt modes), or does nothing if the provider has no receipts. A provider that is polled
  message by message answers with `message.shown`, the status last released, so that `held` works;
* `on_receipt` and `on_reply` are called when an event may be seen by the desk, twice when receipts
  are duplicated: this is the place for `queue_push`. `hook_url` is the desk's address, or None;
* `put_reply` is for replies, `block_number` and `is_blocked` for opted-out numbers,
  `cancel_message` for scheduled messages, `sandbox.new_uuid()` and `sandbox.rng` for ids,
  `sandbox.now()` for the time;
* for a block of numbers with documented codes, set `code_prefix` and implement `stage_of_code`.

Routes see the full path with its prefix in `scope["path"]` and `scope["raw_path"]`. A request that
reaches a route was not failed by a fault; a route that raises is a bug of the emulator. End
`build_routes` with a catch-all if the provider answers unknown paths in a format of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from starlette.routing import BaseRoute

from tui.sandbox.handset import (
    ANSWER_DELAY_SECONDS,
    Behaviour,
    DeliveryStep,
    Handset,
    Stage,
    build_steps,
    extract_code,
    extract_digits,
    find_behaviour,
    is_stop_word,
)
from tui.sandbox.ledger import AcceptedMessage, Event, EventQueue, Ledger, MmsFile

if TYPE_CHECKING:
    from tui.sandbox.push import Pusher, PushRequest
    from tui.sandbox.quirks import Quirk
    from tui.sandbox.state import Sandbox

MAX_HOLD_SECONDS = 5.0
"""How long `out_of_order` waits for a message's last receipt before it releases the others."""


class Emulator(ABC):
    """One provider: its HTTP routes and its ledger."""

    name: ClassVar[str]
    """The provider's name in the control interface, and its mount without the slash."""
    api_path: ClassVar[str] = ""
    """What the address of the API has behind the mount."""
    code_prefix: ClassVar[str | None] = None
    """Start of the numbers whose last three digits are a result code, or None."""
    legacy_charset: ClassVar[str] = "cp1252"
    """Code page that old systems use in the provider's country."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Create the emulator with an empty ledger."""
        self.sandbox = sandbox
        self.blocked: set[str] = set()
        """Opted-out numbers, digits only."""
        self.ledger = Ledger(
            replies=EventQueue(on_release=self.on_reply),
            receipts=EventQueue(on_release=self._handle_released_receipt),
        )
        self._pusher: Pusher | None = None

    # what a provider implements

    @abstractmethod
    def build_routes(self) -> Sequence[BaseRoute]:
        """Return the provider's routes, without the mount."""

    @abstractmethod
    def to_status(self, step: DeliveryStep) -> str:
        """Return the provider's status for a step, also for ACCEPTED when a schedule came due."""

    @abstractmethod
    def create_receipt(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Create the receipt of a step that has just happened, if the provider sends one.

        Args:
            message: Message that the step belongs to.
            step: Step that happened.
            at: Time of the step in milliseconds UTC.
        """

    @abstractmethod
    def receive_message(
        self, sender: str, to: str | None, text: str, attachments: Sequence[MmsFile]
    ) -> str:
        """Receive a message from a handset and return its id.

        Args:
            sender: Number of the handset.
            to: Number it writes to; None: the one from which it last received a message.
            text: Text of the message.
            attachments: Files of an MMS.
        """

    def stage_of_code(self, code: int) -> Stage | None:
        """Return where a result code leads, or None if the code is not documented.

        Args:
            code: Last three digits of the recipient's number.
        """
        return None

    def describe_codes(self) -> str:
        """Return one line about the numbers with codes, for `GET /`; empty if there are none."""
        return f"{self.code_prefix}nnn ends with code nnn" if self.code_prefix else ""

    def on_receipt(self, event: Event) -> None:
        """Push a receipt that the desk may now see, if the provider pushes."""
        return

    def on_reply(self, event: Event) -> None:
        """Push a reply that the desk may now see, if the provider pushes."""
        return

    # delivery of a message

    def accept_message(self, message: AcceptedMessage, start: int | None = None) -> AcceptedMessage:
        """Add a message to the ledger and schedule its delivery.

        Args:
            message: Message that the provider accepted.
            start: When it is sent, in milliseconds UTC; default: now.
        """
        message.shown = message.shown or message.status
        self.ledger.add(message)
        begin = self.sandbox.now() if start is None else start
        if begin > self.sandbox.now():
            message.stage = Stage.SCHEDULED
            self.sandbox.agenda.schedule_callback(begin, partial(self._start_delivery, message))
        else:
            self._start_delivery(message, begin)
        return message

    def cancel_message(self, message: AcceptedMessage, status: str) -> bool:
        """Cancel a scheduled message; return False if it is not (or no longer) scheduled.

        Args:
            message: Message to cancel.
            status: The provider's status for a cancelled message.
        """
        if message.stage is not Stage.SCHEDULED:
            return False
        message.stage, message.status, message.shown = Stage.CANCELLED, status, status
        return True

    def get_handset(self, number: str) -> Handset:
        """Return how the handset with this number, in any format, behaves here."""
        if self.is_blocked(number):
            return Handset(Behaviour.BLOCKED)
        code = extract_code(number, self.code_prefix) if self.code_prefix else None
        if code is not None and self.stage_of_code(code) is not None:
            return Handset(Behaviour.CODE, code)
        if extract_digits(number) in self.sandbox.responders:
            return Handset(Behaviour.ANSWER)
        return Handset(find_behaviour(number))

    def apply_step(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Apply a step of the delivery, unless the message has already reached a final stage.

        Args:
            message: Message that the step belongs to.
            step: Step that is due.
            at: Time of the step in milliseconds UTC.
        """
        if message.stage.is_final:
            return
        message.stage, message.status = step.stage, self.to_status(step)
        self.create_receipt(message, step, at)
        if step.stage is Stage.DELIVERED:
            self._schedule_answer(message, step, at)

    def put_receipt(self, event: Event) -> None:
        """Release a receipt to the desk as the receipt mode says."""
        self.ledger.receipts.add(event)
        # In `out_of_order` a handset that stays silent never sends a final receipt, which would
        # release the others. The time limit releases them in any case.
        due = self.sandbox.add_delay(self.sandbox.now(), MAX_HOLD_SECONDS)
        if event.id in self.ledger.receipts.held_back:
            self.sandbox.agenda.schedule_callback(
                due, lambda at: self.ledger.receipts.release_message(event.message_id)
            )

    def put_reply(self, event: Event, sender: str, text: str) -> str:
        """Release a reply to the desk and return its id; block its sender if it is a stop word.

        Args:
            event: Reply in the provider's own format.
            sender: Number that sent it.
            text: Text of the reply.
        """
        self.ledger.replies.add(event)
        if is_stop_word(text):
            self.block_number(sender)
        return event.id

    def block_number(self, number: str) -> None:
        """Add a number to the opt-out list, in any format."""
        self.blocked.add(extract_digits(number))

    def is_blocked(self, number: str) -> bool:
        """Return whether a number is on the opt-out list, in any format."""
        return extract_digits(number) in self.blocked

    # pushes

    @property
    def hook_url(self) -> str | None:
        """Return where the desk listens for this provider, or None if nothing is pushed."""
        return self.sandbox.build_hook_url(self.name)

    def queue_push(self, push: PushRequest) -> None:
        """Queue a request to the desk, in order with the other pushes of this provider."""
        if self._pusher is None:
            self._pusher = self.sandbox.create_pusher(self.ledger.pushes)
        self._pusher.add(self.apply_quirks(push) if self.quirks else push)

    @property
    def quirks(self) -> set[Quirk]:
        """Return how this provider behaves besides its documentation (`tui.sandbox.quirks`)."""
        return self.sandbox.quirks[self.name]

    def apply_quirks(self, push: PushRequest) -> PushRequest:
        """Return a push in the notation that the quirks of this provider ask for."""
        from tui.sandbox.quirks import rewrite_push

        return rewrite_push(push, self.quirks, self.legacy_charset)

    @property
    def pusher(self) -> Pusher | None:
        """Return the pusher, or None if nothing was ever pushed."""
        return self._pusher

    def _start_delivery(self, message: AcceptedMessage, at: int) -> None:
        """Schedule all steps of a message that is sent now."""
        if message.stage.is_final:
            return
        handset = self.get_handset(message.to)
        if message.stage is Stage.SCHEDULED:
            message.stage = Stage.ACCEPTED
            message.status = self.to_status(DeliveryStep(0.0, Stage.ACCEPTED, handset.behaviour))
            message.shown = message.status
        code_stage = None if handset.code is None else self.stage_of_code(handset.code)
        # Messages that are sent together do not all arrive at the same moment.
        lag = self.sandbox.rng.uniform(0.0, 0.3)
        for step in self.adjust_steps(message, build_steps(handset, code_stage)):
            due = self.sandbox.add_delay(at, step.after + lag)
            self.sandbox.agenda.schedule_callback(due, partial(self.apply_step, message, step))

    def adjust_steps(
        self, message: AcceptedMessage, steps: tuple[DeliveryStep, ...]
    ) -> tuple[DeliveryStep, ...]:
        """Return the steps that apply at this provider; subclasses may change or drop some.

        Args:
            message: Message that is sent.
            steps: Steps that the handset's behaviour gives.
        """
        return steps

    def _schedule_answer(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Schedule the handset's answer to a message that was delivered."""
        if step.behaviour is Behaviour.OPT_OUT:
            answer: str | None = "STOP"
        elif step.behaviour is Behaviour.ANSWER:
            answer = self.sandbox.compose_answer(message.to, message.text)
        else:
            answer = None
        if answer is not None:
            due = self.sandbox.add_delay(at, ANSWER_DELAY_SECONDS)
            receive = partial(self._receive_answer, message, answer)
            self.sandbox.agenda.schedule_callback(due, receive)

    def _receive_answer(self, message: AcceptedMessage, text: str, at: int) -> None:
        """Receive the handset's answer."""
        self.receive_message(message.to, message.sender or None, text, ())

    def _handle_released_receipt(self, event: Event) -> None:
        """Record the status that the desk can now know, then let the provider push the receipt."""
        message = self.ledger.accepted.get(event.message_id or "")
        if message is not None:
            message.shown = event.status or message.shown
        self.on_receipt(event)
