"""Connect numbers that lack their country code with the customers that they may belong to.

Many providers pass the sender of a text on as it is dialled inside a country. Without the country
of the account, only a customer who is known already shows which number that is.
"""

import re
from collections.abc import Collection, Iterable

from tui.domain.phone import Address, compact_address, parse_address

ENDING_DIGITS = 7
"""Last digits that every form of a phone number has in common."""
_SHORTEST_NUMBER = 7
"""Digits from which a number in a payload is found within other digits as well."""
_SEPARATORS = rb"[ ().\-/]*"
_NATIONAL = re.compile(rf"[0-9]{{{ENDING_DIGITS},}}")


def parse_as_neighbour(raw: str, e164: str) -> Address | None:
    """Return the address in `raw` if it is a form of another number, or None if it is not.

    The number is read as it is written inside the country of the other one.

    Args:
        raw: Address without a country code, as it was received.
        e164: Number with its country code.
    """
    import phonenumbers

    region = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    address = parse_address(raw, region)
    return address if address.conversation_key == e164 else None


def get_ending(raw: str) -> str:
    """Return the last digits of a number that may lack its country code; "" if it has one.

    Args:
        raw: Address as it was received.
    """
    compact = compact_address(raw)
    is_national = _NATIONAL.fullmatch(compact)
    return compact[-ENDING_DIGITS:] if is_national else ""


def list_national_keys(e164: str) -> list[str]:
    """Return the keys that a number has where its country is not known: "0491570156", "491570156".

    Args:
        e164: Number with its country code.
    """
    import phonenumbers

    number = phonenumbers.parse(e164)
    national = phonenumbers.national_significant_number(number)
    dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    forms = (f"0{national}", national, "".join(filter(str.isdecimal, dialled)))
    keys = (parse_address(form) for form in dict.fromkeys(forms))
    return [address.conversation_key for address in keys if address.e164 is None]


def _list_digits(addresses: Iterable[str]) -> set[str]:
    """Return the digits by which a number is found in any of its forms."""
    found = set()
    for text in addresses:
        address = parse_address(text)
        if address.e164:
            shortest = min(list_national_keys(address.e164), key=len, default=address.e164)
            digits = "".join(filter(str.isdecimal, shortest)).lstrip("0")
            found.add(digits if len(digits) >= _SHORTEST_NUMBER else address.e164)
        elif len(address.conversation_key) >= _SHORTEST_NUMBER:
            found.add(address.conversation_key.lstrip("0"))
    return found


def build_number_pattern(addresses: Collection[str]) -> re.Pattern[bytes]:
    """Return what finds a customer in a payload, however the number is written there.

    Args:
        addresses: All addresses of the customer.
    """
    parts = [
        _SEPARATORS.join(re.escape(char.encode()) for char in digits)
        for digits in sorted(_list_digits(addresses))
    ]
    for text in sorted(addresses):
        address = parse_address(text)
        if address.e164 is None:
            raw = re.escape(address.raw.encode())
            parts.append(rb"(?<![0-9A-Za-z])" + raw + rb"(?![0-9A-Za-z])")
    return re.compile(b"|".join(parts) or rb"(?!)", re.IGNORECASE)
