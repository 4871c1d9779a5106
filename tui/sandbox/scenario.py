"""Play a believable day: customers write on their own and answer the messages that they get."""

import random
from collections.abc import Sequence

from tui.clock import Clock
from tui.sandbox.customers import CUSTOMERS, Customer
from tui.sandbox.handset import extract_digits
from tui.sandbox.state import Sandbox

FIRST_SECONDS = (2.0, 4.0)
"""Shortest and longest time from the start until the first customer writes."""
BETWEEN_SECONDS = (20.0, 40.0)
"""Shortest and longest pause before the next customer writes."""
MOST_WAITING = 4
"""Customers who may wait for an answer to what they wrote; then the others rest."""

OWN_NUMBERS = {
    "messagemedia": "+61491570157",
    "messente": "+447700900100",
    "serwersms": "7110",
    "smartswitch": "+12025550144",
    "messageport": "+61491570110",
}
"""The desk's number at each provider, to which customers write."""


class Speaker:
    """A customer with what they have still to say; nothing is said twice."""

    def __init__(self, customer: Customer) -> None:
        """Create a customer who has said nothing yet."""
        self.customer = customer
        self.openings = list(customer.openings)
        self._answers = list(customer.answers)
        self.waits = False
        """Whether the customer has written and was not answered yet."""

    def answer(self, text: str) -> str | None:
        """Return the next answer to a text of the desk; None when everything is said.

        Args:
            text: Text that arrived; every text gets the same answer.
        """
        self.waits = False
        return self._answers.pop(0) if self._answers else None


def add_customers(sandbox: Sandbox, customers: Sequence[Customer] = CUSTOMERS) -> list[Speaker]:
    """Let the handsets of these customers deliver, and answer with their own texts.

    Args:
        sandbox: Sandbox that gets the customers.
        customers: Customers to add.
    """
    speakers = [Speaker(customer) for customer in customers]
    for speaker in speakers:
        sandbox.responders[extract_digits(speaker.customer.number)] = speaker.answer
    return speakers


def send_as_customer(sandbox: Sandbox, customer: Customer, text: str) -> str:
    """Let a customer write to the desk now; return the id of the reply.

    Args:
        sandbox: Sandbox with the customer's provider.
        customer: Customer who writes.
        text: Text of the message.
    """
    emulator = sandbox.emulators[customer.provider]
    return emulator.receive_message(customer.number, OWN_NUMBERS[customer.provider], text, ())


async def play_scenario(
    sandbox: Sandbox,
    rng: random.Random,
    clock: Clock,
    customers: Sequence[Customer] = CUSTOMERS,
) -> None:
    """Let customers write until cancelled: one within seconds, then one every 20 to 40 seconds.

    Only customers of providers that the sandbox emulates take part. All of them write once before
    one writes again, none while waiting for an answer, and none when several wait.

    Args:
        sandbox: Sandbox that receives the messages.
        rng: Source of randomness.
        clock: Clock used for the pauses.
        customers: Customers who take part.
    """
    present = [customer for customer in customers if customer.provider in sandbox.emulators]
    speakers = add_customers(sandbox, present)
    pause = FIRST_SECONDS
    while any(speaker.openings for speaker in speakers):
        await clock.sleep(rng.uniform(*pause))
        pause = BETWEEN_SECONDS
        ready = [speaker for speaker in speakers if speaker.openings and not speaker.waits]
        if not ready or sum(speaker.waits for speaker in speakers) >= MOST_WAITING:
            continue
        said = {id(s): len(s.customer.openings) - len(s.openings) for s in ready}
        quietest = [s for s in ready if said[id(s)] == min(said.values())]
        speaker = rng.choice(quietest)
        speaker.waits = True
        send_as_customer(sandbox, speaker.customer, speaker.openings.pop(0))
