"""Play a believable day: customers write on their own and answer the messages that they get."""

import random
from collections.abc import Sequence

from tui.clock import Clock
from tui.sandbox.customers import CUSTOMERS, Customer
from tui.sandbox.handset import extract_digits
from tui.sandbox.state import Responder, Sandbox

FIRST_SECONDS = (2.0, 4.0)
"""Shortest and longest time from the start until the first customer writes."""
BETWEEN_SECONDS = (20.0, 40.0)
"""Shortest and longest pause before the next customer writes."""

OWN_NUMBERS = {
    "messagemedia": "+61491570157",
    "messente": "+447700900100",
    "serwersms": "7110",
    "smartswitch": "+12025550144",
    "messageport": "+61491570110",
}
"""The desk's number at each provider, to which customers write."""


def add_customers(sandbox: Sandbox, customers: Sequence[Customer] = CUSTOMERS) -> None:
    """Let the handsets of these customers deliver, and answer with their own texts.

    Args:
        sandbox: Sandbox that gets the customers.
        customers: Customers to add.
    """
    for customer in customers:
        sandbox.responders[extract_digits(customer.number)] = build_responder(customer)


def build_responder(customer: Customer) -> Responder:
    """Return a responder that uses the customer's answers in order, whatever text arrives."""
    count = 0

    def next_answer(text: str) -> str:
        """Return the next answer."""
        nonlocal count
        count += 1
        return customer.answers[(count - 1) % len(customer.answers)]

    return next_answer


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
    one writes again.

    Args:
        sandbox: Sandbox that receives the messages.
        rng: Source of randomness.
        clock: Clock used for the pauses.
        customers: Customers who take part.
    """
    present = [customer for customer in customers if customer.provider in sandbox.emulators]
    add_customers(sandbox, present)
    pause = FIRST_SECONDS
    while present:
        # One random order per round: all customers write once before one writes again.
        for customer in rng.sample(present, len(present)):
            await clock.sleep(rng.uniform(*pause))
            send_as_customer(sandbox, customer, rng.choice(customer.openings))
            pause = BETWEEN_SECONDS
