"""Distinguish phone numbers, short codes and sender names.

An address is stored as it was received. Its `conversation_key` says which conversation it belongs
to, independent of how a provider wrote the number, and in which of its forms.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from tui.domain.number_shapes import apply_shape, remember_shape
from tui.domain.numbering import (
    MAX_DIALLED_DIGITS,
    MAX_DIGITS,
    find_mobile_form,
    parse_international,
    parse_national,
    parse_received,
    parse_short_mobile,
)
from tui.domain.record_type import record

_SHORT_CODE_LENGTHS = range(3, 9)
"""Digits of a short code, which is never a phone number: "12345" is not +1 2345."""
_PUNCTUATION = re.compile(r"[\s().\-/~\u2010-\u2015\u2212]+")
_NUMBER_PREFIX = re.compile(r"^\s*(?:tel:|sms:|')\s*", re.IGNORECASE)
_DIALLED = re.compile(r"\+?[0-9]+")
_NAME_SENDER = re.compile(r"[A-Za-z0-9 .\-]{3,11}")
_NON_GEOGRAPHIC_REGION = "001"
_UNKNOWN_REGION = "ZZ"
_ARGENTINE_DIGITS = 10
"""Area code and number of any subscriber in Argentina."""


class AddressKind(StrEnum):
    """Kind of an address."""

    NUMBER = "number"
    SHORT_CODE = "short code"
    NAME = "name"
    UNKNOWN = "unknown"


class InvalidNumberError(ValueError):
    """The typed text is not a number to send to; the message says how to fix it."""


@record
class Address:
    """One end of a message, as received and as parsed."""

    raw: str
    e164: str | None
    """"+" and at most 15 digits, for a valid phone number only; in the form that works today."""
    kind: AddressKind

    @property
    def conversation_key(self) -> str:
        """Return the key of the conversation, the same for every spelling and form of a number.

        It is a key of itself: `parse_address(key).conversation_key == key`.
        """
        if self.e164:
            return find_mobile_form(self.e164)
        compact = compact_address(self.raw).casefold()
        digits = compact.removeprefix("+")
        is_long = digits.isdecimal() and len(digits) not in _SHORT_CODE_LENGTHS
        return digits if is_long else compact


def parse_address(raw: str, default_region: str | None = None) -> Address:
    """Return the address in `raw`, as a provider wrote it. Never raises.

    Three to eight digits without "+" are a short code, unless mobiles of the region are that
    short. Anything with an alphabetic character is a name, the rest that is no valid number is
    unknown and has its own conversation key.

    Args:
        raw: Address as it was received.
        default_region: Country (ISO, "PL") of numbers without a country code.
    """
    compact = compact_address(raw)
    if not _DIALLED.fullmatch(compact):
        named = any(char.isalpha() for char in compact)
        return Address(raw, None, AddressKind.NAME if named else AddressKind.UNKNOWN)
    # Checked before numbers: a short code can look like a country code with a short number.
    if len(compact) in _SHORT_CODE_LENGTHS and compact[0] != "+":
        mobile = parse_short_mobile(compact, default_region)
        return Address(raw, mobile, AddressKind.NUMBER if mobile else AddressKind.SHORT_CODE)
    e164 = parse_received(_drop_wrong_plus(compact), default_region)
    return Address(raw, e164, AddressKind.NUMBER if e164 else AddressKind.UNKNOWN)


def parse_destination(text: str, region: str | None = None) -> Address:
    """Return the number that a person typed.

    Args:
        text: Typed text.
        region: Country (ISO) tried first for numbers without "+".

    Raises:
        InvalidNumberError: It is not a number; the message says how to fix it.
    """
    compact = compact_address(text)
    if not compact:
        raise InvalidNumberError(
            "No number: write it with + and the country code, like +61 491 570 156"
        )
    if not _DIALLED.fullmatch(compact):
        raise InvalidNumberError("Not a phone number: use only digits, spaces and a leading +")
    if len(compact) > (MAX_DIGITS + 1 if compact[0] == "+" else MAX_DIALLED_DIGITS):
        raise InvalidNumberError("Too long for a phone number: it has at most 15 digits")
    e164 = _parse_dialled(_drop_wrong_plus(compact), region)
    if e164 is None:
        raise InvalidNumberError(_explain_invalid(compact, region))
    return Address(text, e164, AddressKind.NUMBER)


_MIN_SEARCHED_DIGITS = 6
"""Digits of a typed number that is more than a part of one."""


def find_common_digits(typed: str) -> str:
    """Return the part of a number, or of a beginning of one, that all of its forms contain.

    Args:
        typed: Digits, perhaps after a "+"; what is no number is returned unchanged.
    """
    if len(typed) < _MIN_SEARCHED_DIGITS:
        return typed
    e164 = parse_address(typed).e164
    if e164 and find_mobile_form(e164) != e164.replace("+549", "+54"):
        # Argentina: with or without the 9 the rest is the same.
        return e164[-_ARGENTINE_DIGITS:]
    if e164 and (typed[0] == "+" or e164 != f"+{typed}"):
        return e164
    # The zeros before a country code, and the zero of a national number, are not part of it.
    return typed.removeprefix("00" if typed.startswith("00") else "0")


def format_phone_number(e164: str) -> str:
    """Return a number grouped as in its country; any other text is returned unchanged."""
    return apply_shape(e164) or _group_number(e164)


@lru_cache(maxsize=4096)
def _group_number(e164: str) -> str:
    """Return a number in the groups of its country; any other text is returned unchanged."""
    import phonenumbers

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    grouped = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    remember_shape(e164, grouped)
    return grouped


def find_country(e164: str) -> str | None:
    """Return the ISO code of the country of a number, or None if it belongs to no single country.

    A number that several countries of one calling code may have issued counts as the largest's.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    region = region or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return region if region not in (_NON_GEOGRAPHIC_REGION, _UNKNOWN_REGION) else None


def is_country(code: str) -> bool:
    """Return whether numbers can be parsed as those of this ISO country."""
    import phonenumbers

    return bool(phonenumbers.country_code_for_region(code))


def find_time_zones(e164: str) -> tuple[str, ...]:
    """Return the IANA zones that a number may be in: several for a mobile of a wide country."""
    from tui.domain.zones import look_up_zones

    return look_up_zones(e164, find_country(e164))


def check_sender(text: str) -> str | None:
    """Return what is wrong with one of our sender IDs, or None if it is valid.

    A number, a short code, or a name of 3 to 11 ASCII characters, not digits only. Blank, dot
    and hyphen are allowed because some operators accept them.
    """
    if parse_address(text).kind in (AddressKind.NUMBER, AddressKind.SHORT_CODE):
        return None
    if not text.strip():
        return "The sender is empty: give a number or a name"
    if _DIALLED.fullmatch(compact_address(text)):
        return "Not a number that can send: write it with + and the country code"
    if not text.isascii() or not re.fullmatch(r"[A-Za-z0-9 .\-]*", text):
        return "A sender name has only A to Z and digits"
    if not _NAME_SENDER.fullmatch(text):
        return "A sender name has 3 to 11 characters"
    return (
        None
        if any(char.isalpha() for char in text)
        else "A sender name needs at least one of A to Z"
    )


def can_answer_sender(sender: str) -> bool:
    """Return whether a customer can reply to this sender: a name takes no replies."""
    return parse_address(sender).kind is not AddressKind.NAME


def can_be_answered(address: str) -> bool:
    """Return whether a message can be sent to the sender of a received message.

    A name ("INFO") or a text without digits takes no messages.

    Args:
        address: Address as it was received, or the key of its conversation.
    """
    return bool(_DIALLED.fullmatch(compact_address(address)))


def compact_address(raw: str) -> str:
    """Return a dialled number as one word, any other text composed and with single blanks."""
    if _DIALLED.fullmatch(raw):
        return raw
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKC", raw)
        # Pasted numbers often contain invisible direction marks (Cf).
        if char.isspace() or unicodedata.category(char) not in ("Cf", "Cc", "Cs")
    )
    # Some senders write a URI, and spreadsheets guard a number with an apostrophe.
    number = _NUMBER_PREFIX.sub("", plain, count=1)
    dialled = _PUNCTUATION.sub("", _convert_digits(number))
    return dialled if _DIALLED.fullmatch(dialled) else " ".join(plain.split())


def _convert_digits(text: str) -> str:
    """Return `text` with the digits of any script as 0 to 9."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _drop_wrong_plus(compact: str) -> str:
    """Return a number without a "+" that stands before a zero: no country code begins with 0."""
    return compact[1:] if compact.startswith("+0") else compact


def _parse_dialled(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of a number that a person typed, or None if it is not valid."""
    if compact[0] == "+" or region is None:
        return parse_international(compact)
    home, abroad = parse_national(compact, region), parse_international(compact)
    # Without the trunk zero both readings are equally likely, and a guess could text a stranger.
    if home and abroad and home != abroad and _is_without_trunk_zero(compact, region):
        raise InvalidNumberError(
            f"Either {format_phone_number(home)} or {format_phone_number(abroad)}:"
            " write it with the +"
        )
    return home or abroad


def _is_without_trunk_zero(compact: str, region: str) -> bool:
    """Return whether a number lacks the 0 that national numbers of `region` begin with."""
    import phonenumbers

    return phonenumbers.ndd_prefix_for_region(region, True) == "0" and compact[0] != "0"


def _explain_invalid(compact: str, region: str | None) -> str:
    """Return one line that says how to fix digits that are not a valid number."""
    if compact[0] != "+" and len(compact) in _SHORT_CODE_LENGTHS:
        return "Too short for a phone number: write it in full, with + and the country code"
    if compact[0] != "+" and region is None:
        return "No country: write the number with + and the country code"
    country_code = find_country(compact) if compact[0] == "+" else region
    return f"Not a valid number{f' in {country_code}' if country_code else ''}: check the digits"
