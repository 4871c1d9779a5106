"""What every provider's emulator has in common, and the seam at which one is added.

To add a provider `xyz`:

1. write `tui/sandbox/xyz.py` with a subclass of `Emulator` that sets `name = "xyz"` (also its
   mount, `/xyz`) and implements `routes`, `word`, `report` and `receive`;
2. add its line to `EMULATORS` in `tui/sandbox/registry.py`.

What the base class does for it:

* `accept(...)` writes one entry into the ledger for every message the provider takes and starts
  what becomes of it (`tui.sandbox.handset`): at each step the entry's `stage` and `status` (the
  provider's `word`) change and `report` is called;
* `report` makes the provider's receipt and hands it to `put_receipt` (which obeys the receipt
  modes), or does nothing where the provider has no receipts. A provider that is polled message by
  message answers with `message.shown`, the status last handed out, so `held` works there as well;
* `on_receipt` and `on_reply` are called when an event may be seen by the desk, twice when receipts
  are duplicated: the place to `push` it. `hook_url` is the desk's address, or None;
* `put_reply` for replies, `block` and `is_blocked` for opted-out numbers, `cancel` for scheduled
  messages, `sandbox.uuid()` and `sandbox.rng` for ids, `sandbox.now()` for the time;
* a number block for documented codes: set `code_prefix` and implement `stage_of_code`.

Faults, control and the state need nothing from an emulator. Routes see the full path with its
prefix in `scope["path"]` and `scope["raw_path"]`. A route that is reached has not failed by a
fault; one that raises is a bug of the emulator. End `routes` with a catch-all, if the provider
answers unknown paths in a form of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from starlette.routing import BaseRoute

from tui.sandbox.handset import (
    ANSWER_DELAY,
    Behaviour,
    Handset,
    Stage,
    Step,
    behaviour_of,
    code_of,
    digits_of,
    is_stop_word,
    steps_of,
)
from tui.sandbox.ledger import Accepted, Attachment, Event, Ledger, Tray

if TYPE_CHECKING:
    from tui.sandbox.push import Push, Pusher
    from tui.sandbox.world import Sandbox

MIXED_UP_SECONDS = 5.0
"""How long `out_of_order` waits for a message's last receipt before it releases what it kept."""


class Emulator(ABC):
    """One provider: its HTTP routes over one ledger."""

    name: ClassVar[str]
    """The provider's name in the control interface, and its mount without the slash."""
    code_prefix: ClassVar[str | None] = None
    """Start of the numbers whose last three digits are a result code, or None."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Start with an empty ledger."""
        self.sandbox = sandbox
        self.blocked: set[str] = set()
        """Opted-out numbers, digits only."""
        self.ledger = Ledger(
            replies=Tray(release=self.on_reply), receipts=Tray(release=self._receipt_released)
        )
        self._pusher: Pusher | None = None

    # what a provider has to say

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """The provider's paths, without the mount."""

    @abstractmethod
    def word(self, step: Step) -> str:
        """The provider's status word for a step (also of stage ACCEPTED: a schedule came due)."""

    @abstractmethod
    def report(self, message: Accepted, step: Step, at: int) -> None:
        """Make the receipt for a step that has just happened, if the provider makes one."""

    @abstractmethod
    def receive(
        self, sender: str, to: str | None, text: str, attachments: Sequence[Attachment]
    ) -> str:
        """A handset writes to one of our numbers (None: the one it last heard from); the id."""

    def stage_of_code(self, code: int) -> Stage | None:
        """Where a documented result code leads; None for a code that is not documented."""
        return None

    def code_table(self) -> str:
        """One line about the number block for codes, for `GET /`; empty if there is none."""
        return f"{self.code_prefix}nnn ends with code nnn" if self.code_prefix else ""

    def on_receipt(self, event: Event) -> None:
        """A receipt may now be seen by the desk: push it, where the provider pushes."""
        return

    def on_reply(self, event: Event) -> None:
        """A reply may now be seen by the desk: push it, where the provider pushes."""
        return

    # what becomes of a message

    def accept(self, message: Accepted, start: int | None = None) -> Accepted:
        """Write the message into the ledger; it goes on its way at `start` (default: now)."""
        message.shown = message.shown or message.status
        self.ledger.add(message)
        begin = self.sandbox.now() if start is None else start
        if begin > self.sandbox.now():
            message.stage = Stage.SCHEDULED
            self.sandbox.agenda.at(begin, partial(self._set_out, message))
        else:
            self._set_out(message, begin)
        return message

    def cancel(self, message: Accepted, word: str) -> bool:
        """Cancel a scheduled message; False if it is no longer (or never was) scheduled."""
        if message.stage is not Stage.SCHEDULED:
            return False
        message.stage, message.status, message.shown = Stage.CANCELLED, word, word
        return True

    def handset(self, number: str) -> Handset:
        """How the handset with this number behaves here."""
        if self.is_blocked(number):
            return Handset(Behaviour.BLOCKED)
        code = code_of(number, self.code_prefix) if self.code_prefix else None
        if code is not None and self.stage_of_code(code) is not None:
            return Handset(Behaviour.CODE, code)
        if digits_of(number) in self.sandbox.personas:
            return Handset(Behaviour.ANSWER)
        return Handset(behaviour_of(number))

    def happen(self, message: Accepted, step: Step, at: int) -> None:
        """Let a step happen, unless the message has come to its end before."""
        if message.stage.final:
            return
        message.stage, message.status = step.stage, self.word(step)
        self.report(message, step, at)
        if step.stage is Stage.DELIVERED:
            self._delivered(message, step, at)

    def put_receipt(self, event: Event) -> None:
        """Hand a receipt to the desk as the receipt mode says."""
        self.ledger.receipts.put(event)
        due = self.sandbox.later(self.sandbox.now(), MIXED_UP_SECONDS)
        if event.id in self.ledger.receipts.kept:
            self.sandbox.agenda.at(due, lambda at: self.ledger.receipts.let_go(event.message_id))

    def put_reply(self, event: Event, sender: str, text: str) -> str:
        """Hand a reply to the desk, block its sender if it is a stop word; the reply's id."""
        self.ledger.replies.put(event)
        if is_stop_word(text):
            self.block(sender)
        return event.id

    def block(self, number: str) -> None:
        """Put a number on the opt-out list."""
        self.blocked.add(digits_of(number))

    def is_blocked(self, number: str) -> bool:
        """Whether a number is on the opt-out list."""
        return digits_of(number) in self.blocked

    # pushes

    @property
    def hook_url(self) -> str | None:
        """Where the desk listens for this provider, or None if nothing is pushed."""
        return self.sandbox.hook_url(self.name)

    def push(self, push: Push) -> None:
        """Send something to the desk, in order with the other pushes of this provider."""
        if self._pusher is None:
            self._pusher = self.sandbox.new_pusher(self.ledger.pushes)
        self._pusher.queue(push)

    @property
    def pusher(self) -> Pusher | None:
        """The pusher, if anything was ever pushed."""
        return self._pusher

    def _set_out(self, message: Accepted, at: int) -> None:
        """Write down what becomes of a message that leaves now."""
        if message.stage.final:
            return
        handset = self.handset(message.to)
        if message.stage is Stage.SCHEDULED:
            message.stage = Stage.ACCEPTED
            message.status = self.word(Step(0.0, Stage.ACCEPTED, handset.behaviour))
            message.shown = message.status
        code_stage = None if handset.code is None else self.stage_of_code(handset.code)
        lag = self.sandbox.rng.uniform(0.0, 0.3)
        for step in self.course(message, steps_of(handset, code_stage)):
            due = self.sandbox.later(at, step.after + lag)
            self.sandbox.agenda.at(due, partial(self.happen, message, step))

    def course(self, message: Accepted, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """The steps as this provider goes through them; the place to leave some out."""
        return steps

    def _delivered(self, message: Accepted, step: Step, at: int) -> None:
        """Let the handset react to what it got."""
        if step.behaviour is Behaviour.OPT_OUT:
            answer: str | None = "STOP"
        elif step.behaviour is Behaviour.ANSWER:
            answer = self.sandbox.answer(message.to, message.text)
        else:
            answer = None
        if answer is not None:
            due = self.sandbox.later(at, ANSWER_DELAY)
            self.sandbox.agenda.at(due, partial(self._answer, message, answer))

    def _answer(self, message: Accepted, text: str, at: int) -> None:
        """The handset writes back."""
        self.receive(message.to, message.sender or None, text, ())

    def _receipt_released(self, event: Event) -> None:
        """Remember what the desk can know, then let the provider push it."""
        message = self.ledger.accepted.get(event.message_id or "")
        if message is not None:
            message.shown = event.status or message.shown
        self.on_receipt(event)
