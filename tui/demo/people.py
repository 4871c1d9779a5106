"""Who writes in the demo, and what the shop's agents have done about it so far."""

from dataclasses import dataclass

from tui.domain.templates import Template
from tui.sandbox import customers
from tui.sandbox.customers import Customer, desk, them
from tui.sandbox.handset import Stage

_MORE = (
    Customer(
        "Hannah Reed",
        "+61491570158",
        "messagemedia",
        "en",
        (
            them(1330, "Hello, you wanted to send me a quote for the cracked display?"),
            desk(212, "Hi Hannah, the display is $149 incl. GST. Shall we order it?", Stage.FAILED),
        ),
        ("Hi, my phone was off. Did you text me?",),
        ("Yes please, go ahead", "Thanks!"),
    ),
    Customer(
        "Marco Rossi",
        "+61491572549",
        "messagemedia",
        "en",
        (
            desk(3100, "Hi Marco, this week 20% off all phone cases. Reply STOP to opt out."),
            them(3089, "STOP"),
        ),
        ("START",),
        ("OK",),
    ),
)
CUSTOMERS = (*customers.CUSTOMERS, *_MORE)
"""Everybody with a history."""
WRITERS = customers.CUSTOMERS
"""Those who write by themselves while the demo runs."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What agents have done with one conversation."""

    customer: str
    labels: tuple[str, ...] = ()
    assignee: str = ""
    starred: bool = False
    read: bool = False
    closed: bool = False
    snoozed_minutes: int = 0
    note: str = ""
    draft: str = ""


TOUCHES = (
    Touch("Aisha Rahman", labels=("repair",), assignee="mia"),
    Touch(
        "Tom Baker",
        labels=("repair",),
        note="Tom has the red phone, ticket 1077. Keep the back cover!",
    ),
    Touch("Mei Lin", labels=("quote",), assignee="tom", snoozed_minutes=600),
    Touch("Giorgos Pappas", labels=("refund",), assignee="ana", starred=True, read=True),
    Touch("Ruth Cohen", labels=("pick-up",), assignee="mia"),
    Touch("Katarzyna Nowak", labels=("repair",), draft="Dziękujemy! Do zobaczenia o 16"),
    Touch("Piotr Zieliński", read=True, closed=True),
    Touch("Camille Lefèvre", labels=("quote",), assignee="mia"),
    Touch("Jürgen Groß", labels=("pick-up",), read=True, closed=True),
    Touch("Olivia Brown", labels=("feedback",)),
    Touch("Noah Williams", assignee="tom", starred=True, read=True),
    Touch("Marco Rossi", read=True, closed=True),
)

TEMPLATES = (
    Template("ready", "Hi {name}, your device is ready. We are open until 6 pm."),
    Template("hours", "We are open Monday to Friday 9-18, Saturday 10-16."),
    Template("thanks", "Thank you, {name}! Have a good day."),
)
