"""Who is at the other end: phone numbers, short codes and sender names told apart.

An address is kept as it came. Its `key` says which conversation it belongs to, whichever way a
provider happened to write the number.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_SHORT_CODE = range(3, 9)
"""Digits of a short code: such numbers never stand for a phone, "12345" is not +1 2345."""
_LONGEST_NUMBER = 15
_LONGEST_DIALLED = _LONGEST_NUMBER + len("0011")
"""With what some countries dial in place of the plus."""
_PUNCTUATION = re.compile(r"[\s().\-/\u2010-\u2015\u2212]+")
_DIALLED = re.compile(r"\+?[0-9]+")
_NAME_SENDER = re.compile(r"[A-Za-z0-9 .\-]{3,11}")
_NO_GEOGRAPHY = "001"
_UNKNOWN = "ZZ"


class AddressKind(StrEnum):
    """What an address is."""

    NUMBER = "number"
    SHORT_CODE = "short code"
    NAME = "name"
    UNKNOWN = "unknown"


class BadNumber(ValueError):
    """What was typed is not a number to send to; the text says what to do about it."""


@dataclass(frozen=True, slots=True)
class Address:
    """One end of a message, as it came and as it is understood."""

    raw: str
    e164: str | None
    """"+" and at most 15 digits, for a valid phone number only."""
    kind: AddressKind

    @property
    def key(self) -> str:
        """The conversation it belongs to: one customer has one key, however it was written."""
        if self.e164:
            return self.e164
        compact = _compact(self.raw).casefold()
        digits = compact.removeprefix("+")
        is_long = digits.isdecimal() and len(digits) not in _SHORT_CODE
        return digits if is_long else compact


def parse_address(raw: str, default_region: str | None = None) -> Address:
    """Return what `raw` from a provider is. Never raises.

    Digits that are valid behind a "+" are a number; `default_region` (ISO, "PL") is only asked
    for what is not. Three to eight digits without "+" are a short code, anything with a letter is
    a name, the rest is unknown and keeps its own key.
    """
    compact = _compact(raw)
    if not _DIALLED.fullmatch(compact):
        named = any(char.isalpha() for char in compact)
        return Address(raw, None, AddressKind.NAME if named else AddressKind.UNKNOWN)
    if len(compact) in _SHORT_CODE and compact[0] != "+":
        return Address(raw, None, AddressKind.SHORT_CODE)
    e164 = _international(compact) or _national(compact, default_region)
    return Address(raw, e164, AddressKind.NUMBER if e164 else AddressKind.UNKNOWN)


def destination(text: str, region: str | None = None) -> Address:
    """Return the number that a person typed, read as one of `region` (ISO) first.

    Raises BadNumber, with one line that names the mend.
    """
    compact = _compact(text)
    if not compact:
        raise BadNumber("No number: write it with + and the country code, like +61 491 570 156")
    if not _DIALLED.fullmatch(compact):
        raise BadNumber("Not a phone number: only digits, blanks and a leading + can be dialled")
    if len(compact) > (_LONGEST_NUMBER + 1 if compact[0] == "+" else _LONGEST_DIALLED):
        raise BadNumber("Too long for a phone number: it has at most 15 digits")
    e164 = _dialled(compact, region)
    if e164 is None:
        raise BadNumber(_mend(compact, region))
    return Address(text, e164, AddressKind.NUMBER)


@lru_cache(maxsize=4096)
def pretty(e164: str) -> str:
    """Return a number the way people of its country group it; anything else comes back as it is."""
    import phonenumbers

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def country(e164: str) -> str | None:
    """Return the ISO code of the country of a number, None when it belongs to no single one.

    A number that several countries under one code might have issued counts as of the largest.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    region = region or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return region if region not in (_NO_GEOGRAPHY, _UNKNOWN) else None


def is_country(code: str) -> bool:
    """Tell whether numbers can be read as those of this ISO country."""
    import phonenumbers

    return bool(phonenumbers.country_code_for_region(code))


def time_zones(e164: str) -> tuple[str, ...]:
    """Return the IANA zones that a number may be in: several for a mobile of a wide country."""
    from tui.domain.zones import zones_of

    return zones_of(e164, country(e164))


def check_sender(text: str) -> str | None:
    """Return in words what is wrong with a sender of ours, None when it can be used.

    A number, a short code, or a name of 3 to 11 letters and digits, not digits only. Blank, dot
    and hyphen pass: some operators take them.
    """
    if parse_address(text).kind in (AddressKind.NUMBER, AddressKind.SHORT_CODE):
        return None
    if not text.strip():
        return "The sender is empty: give a number or a name"
    if _DIALLED.fullmatch(_compact(text)):
        return "Not a number that can send: write it with + and the country code"
    if not text.isascii() or not re.fullmatch(r"[A-Za-z0-9 .\-]*", text):
        return "A sender name has only the letters A to Z and digits"
    if not _NAME_SENDER.fullmatch(text):
        return "A sender name has 3 to 11 characters"
    return None if any(char.isalpha() for char in text) else "A sender name needs a letter"


def answerable(sender: str) -> bool:
    """Tell whether a customer can answer this sender: nobody can answer a name."""
    return parse_address(sender).kind is not AddressKind.NAME


def _compact(raw: str) -> str:
    """Return `raw` as one word if it is dialled, else composed and with single blanks."""
    if _DIALLED.fullmatch(raw):
        return raw
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKC", raw)
        if char.isspace() or unicodedata.category(char) not in ("Cf", "Cc", "Cs")
    )
    dialled = _PUNCTUATION.sub("", _with_ascii_digits(plain))
    return dialled if _DIALLED.fullmatch(dialled) else " ".join(plain.split())


def _with_ascii_digits(text: str) -> str:
    """Return `text` with the digits of any script as 0 to 9."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _dialled(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of what a person typed, None when it is no valid number."""
    if compact[0] == "+" or region is None:
        return _international(compact)
    home, abroad = _national(compact, region), _international(compact)
    if home and abroad and home != abroad and _lacks_trunk_zero(compact, region):
        raise BadNumber(f"Either {pretty(home)} or {pretty(abroad)}: write it with the +")
    return home or abroad


def _lacks_trunk_zero(compact: str, region: str) -> bool:
    """Tell whether a number lacks the 0 that people of `region` begin a national one with."""
    import phonenumbers

    return phonenumbers.ndd_prefix_for_region(region, True) == "0" and compact[0] != "0"


def _international(compact: str) -> str | None:
    """Return the E.164 form of digits that carry their country code, with "+", "00" or neither."""
    return _e164("+" + compact.removeprefix("00" if compact[0] == "0" else "+"), None)


def _national(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of digits as dialled inside `region`."""
    return _e164(compact, region) if region and compact[0] != "+" else None


def _e164(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of a valid number, None for any other."""
    return _valid(compact, region) if len(compact) <= _LONGEST_DIALLED else None


@lru_cache(maxsize=4096)
def _valid(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of a number that its country's plan knows."""
    import phonenumbers

    try:
        number = phonenumbers.parse(compact, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164 if len(e164) <= 1 + _LONGEST_NUMBER else None


def _mend(compact: str, region: str | None) -> str:
    """Return one line on what to do about digits that are no valid number."""
    if compact[0] != "+" and len(compact) in _SHORT_CODE:
        return "Too short for a phone number: write it whole, with + and the country code"
    if compact[0] != "+" and region is None:
        return "No country: write the number with + and the country code"
    place = country(compact) if compact[0] == "+" else region
    return f"Not a valid number{f' in {place}' if place else ''}: check the digits"
