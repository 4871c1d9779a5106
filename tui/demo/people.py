"""Define the demo's customers and what the agents have done with their conversations."""

from dataclasses import dataclass

from tui.domain.templates import CannedReply
from tui.sandbox import customers
from tui.sandbox.customers import Customer, inbound_line, outbound_line
from tui.sandbox.handset import Stage

_MORE = (
    Customer(
        "Hannah Reed",
        "+61491570158",
        "messagemedia",
        "en",
        (
            inbound_line(1330, "Hello, you wanted to send me a quote for the cracked display?"),
            outbound_line(
                212, "Hi Hannah, the display is $149 incl. GST. Shall we order it?", Stage.FAILED
            ),
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
            outbound_line(
                3100, "Hi Marco, this week 20% off all phone cases. Reply STOP to opt out."
            ),
            inbound_line(3089, "STOP"),
        ),
        ("START",),
        ("OK",),
    ),
)
CUSTOMERS = (*customers.CUSTOMERS, *_MORE)
"""All customers with a history."""
WRITERS = customers.CUSTOMERS
"""Customers who write by themselves while the demo runs."""


@dataclass(frozen=True, slots=True)
class AgentActions:
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


AGENT_ACTIONS = (
    AgentActions("Aisha Rahman", labels=("repair",), assignee="mia"),
    AgentActions(
        "Tom Baker",
        labels=("repair",),
        note="Tom has the red phone, ticket 1077. Keep the back cover!",
    ),
    AgentActions("Mei Lin", labels=("quote",), assignee="tom", snoozed_minutes=600),
    AgentActions("Giorgos Pappas", labels=("refund",), assignee="ana", starred=True, read=True),
    AgentActions("Ruth Cohen", labels=("pick-up",), assignee="mia"),
    AgentActions("Katarzyna Nowak", labels=("repair",), draft="Dziękujemy! Do zobaczenia o 16"),
    AgentActions("Piotr Zieliński", read=True, closed=True),
    AgentActions("Camille Lefèvre", labels=("quote",), assignee="mia"),
    AgentActions("Jürgen Groß", labels=("pick-up",), read=True, closed=True),
    AgentActions("Olivia Brown", labels=("feedback",)),
    AgentActions("Noah Williams", assignee="tom", starred=True, read=True),
    AgentActions("Marco Rossi", read=True, closed=True),
)
"""Actions for each conversation that an agent has worked on."""

TEMPLATES = (
    CannedReply("ready", "Hi {name}, your device is ready. We are open until 6 pm."),
    CannedReply("hours", "We are open Monday to Friday 9-18, Saturday 10-16."),
    CannedReply("thanks", "Thank you, {name}! Have a good day."),
)
"""Canned replies of the demo."""
