"""Make up the names, numbers and texts of a sample history.

Every phone number is unassigned: the North American 555-0100 to 555-0199, and, when these
are used up, a block of the international service +883 5100 that reaches no phone.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import field

from tui.domain.record_type import record

_AREA_CODES = (
    *(202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225),
    *(301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320),
    *(401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 423, 424, 425),
    *(501, 502, 503, 504, 505, 507, 508, 509, 510, 512, 513, 515, 516, 517, 518, 520, 530, 540),
    *(601, 602, 603, 605, 606, 607, 608, 609, 610, 612, 614, 615, 616, 617, 618, 619, 620, 623),
    *(701, 702, 703, 704, 706, 707, 708, 712, 713, 714, 715, 716, 717, 718, 719, 720, 724, 727),
    *(801, 802, 803, 804, 805, 806, 808, 810, 812, 813, 814, 815, 816, 817, 818, 828, 830, 831),
    *(901, 903, 904, 906, 907, 908, 909, 910, 912, 913, 914, 915, 916, 917, 918, 919, 920, 925),
)
_FIRST_NAMES = (
    "Aino",
    "Ben",
    "Chloe",
    "Dawit",
    "Ewa",
    "Farid",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Kofi",
)
_LAST_NAMES = ("Adams", "Berg", "Costa", "Dvořák", "Eriksen", "Fournier", "Gill", "Haddad", "Ito")
_QUESTIONS = (
    "Hi, where is my order {n}? It should have been here yesterday.",
    "Can I move my appointment {n} to Friday afternoon?",
    "The invoice {n} shows the wrong address, please correct it.",
    "Is branch {n} open on Sunday?",
    "Thanks, that was quick!",
    "My code {n} does not work 😕",
    "Bonjour, où est mon colis {n} ?",
    "Proszę o kontakt w sprawie zamówienia {n}",
)
_ANSWERS = (
    "Good morning, order {n} is with the courier and arrives today between 2 and 4 pm.",
    "Of course. Friday at 3 pm, we look forward to seeing you.",
    "Done: the corrected invoice {n} is in your mailbox.",
    "We have sent you a new code, it is valid for ten minutes.",
    "You are welcome. Anything else we can do for you?",
)


def generate_numbers() -> Iterator[str]:
    """Yield unassigned numbers in E.164, each once."""
    for line, area in itertools.product(range(100), _AREA_CODES):
        yield f"+1{area}55501{line:02d}"
    for line in range(100_000_000):
        yield f"+8835100{line:08d}"


def generate_names() -> Iterator[str]:
    """Yield names of customers forever; every third customer has none."""
    while True:
        for last, first in itertools.product(_LAST_NAMES, _FIRST_NAMES):
            yield from (f"{first} {last}", f"{first} {last[0]}.", "")


def generate_phrases(templates: Sequence[str]) -> Iterator[str]:
    """Yield the templates in turn forever, each time with another number for `{n}`."""
    for n in itertools.count(10_007, 37):
        yield templates[n % len(templates)].replace("{n}", str(n))


@record
class SampleSource:
    """Source of the names, numbers and texts of a sample history; no iterator may end."""

    names: Iterator[str] = field(default_factory=generate_names)
    """Customers' names; empty for a customer without a name."""
    questions: Iterator[str] = field(default_factory=lambda: generate_phrases(_QUESTIONS))
    answers: Iterator[str] = field(default_factory=lambda: generate_phrases(_ANSWERS))
    numbers: Iterator[str] = field(default_factory=generate_numbers)
    """Customers' numbers in E.164, each once; those already in the inbox are skipped."""
    accounts: Sequence[tuple[str, str]] = (("demo", "+12025550144"),)
    """Account names, each with our number there."""
    agents: Sequence[str] = ("mia", "tom", "ana")
