"""A believable day at the desk: customers who write by themselves and answer what they are sent."""

import random
from collections.abc import Sequence

from tui.clock import Clock
from tui.sandbox.customers import CUSTOMERS, Customer
from tui.sandbox.handset import digits_of
from tui.sandbox.world import Persona, Sandbox

FIRST_SECONDS = (2.0, 4.0)
"""When the first customer writes, after the start."""
BETWEEN_SECONDS = (20.0, 40.0)
"""Pause before the next one."""

OWN_NUMBERS = {
    "messagemedia": "+61491570157",
    "messente": "+447700900100",
    "serwersms": "7110",
    "smartswitch": "+12025550144",
    "messageport": "+61491570110",
}
"""The desk's number at each provider, to which customers write."""


def move_in(sandbox: Sandbox, customers: Sequence[Customer] = CUSTOMERS) -> None:
    """Let these customers' handsets deliver and answer in their owners' words."""
    for customer in customers:
        sandbox.personas[digits_of(customer.number)] = answering(customer)


def answering(customer: Customer) -> Persona:
    """How a customer answers: the next of their answers, whatever they were sent."""
    given = 0

    def answer(text: str) -> str:
        """The next answer."""
        nonlocal given
        given += 1
        return customer.answers[(given - 1) % len(customer.answers)]

    return answer


def write(sandbox: Sandbox, customer: Customer, text: str) -> str:
    """Let a customer write to the desk now; the reply's id."""
    emulator = sandbox.emulators[customer.provider]
    return emulator.receive(customer.number, OWN_NUMBERS[customer.provider], text, ())


async def play(
    sandbox: Sandbox,
    rng: random.Random,
    clock: Clock,
    customers: Sequence[Customer] = CUSTOMERS,
) -> None:
    """Until cancelled: somebody writes within seconds, and then every 20 to 40 seconds.

    Only customers of providers that the sandbox emulates take part; everybody has written once
    before anybody writes twice.
    """
    present = [customer for customer in customers if customer.provider in sandbox.emulators]
    move_in(sandbox, present)
    pause = FIRST_SECONDS
    while present:
        for customer in rng.sample(present, len(present)):
            await clock.sleep(rng.uniform(*pause))
            write(sandbox, customer, rng.choice(customer.openings))
            pause = BETWEEN_SECONDS
