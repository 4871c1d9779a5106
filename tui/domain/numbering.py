"""Turn digits into valid E.164 numbers: with or without country code, in old forms and new.

Countries change their numbering plans, and operators keep writing the old form for years: a
Mexican mobile comes as +52 1 55… or as +52 55…. Both are one customer. Only changes are listed
that leave no doubt: every old number has exactly one new one, and no new number looks like the
old one of another subscriber.
"""

import re
from functools import lru_cache
from typing import NamedTuple

MAX_DIGITS = 15
"""Digits of an E.164 number."""
MAX_DIALLED_DIGITS = MAX_DIGITS + len("0011")
"""Digits of a number with the longest exit code."""
_SHORTEST_MOBILE = 7
"""Digits of the shortest mobile numbers, without the country code; short codes seldom have more."""
_ARGENTINA_WITHOUT_NINE = re.compile(r"\+54([1-8]\d{9})")
_EXIT_CODES = ("0011", "00", "011", "810")
"""What is dialled in place of the plus: in Australia, most countries, North America, Russia."""


def parse_received(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of digits as a provider wrote them, or None if they are not valid.

    Providers write "+" and country code, or the same without "+", or the number as it is dialled
    inside the country. Where two readings are valid, the national one is taken, unless the digits
    begin with the country's own code, or only the other one can belong to a mobile phone.
    """
    abroad = parse_international(compact)
    if compact[0] == "+" or not region:
        return abroad
    home = parse_national(compact, region)
    if home is None or home == abroad:
        return abroad
    if compact[0] != "0" and compact.startswith(_get_country_code(region)):
        # A number with a country code and a wrong digit must not become the fixed line of
        # another subscriber. Where it is too short or too long for that, it is a national number.
        is_national = _may_be_mobile(home) or not _is_possible(f"+{compact}")
        return abroad or (home if is_national else None)
    if abroad is None:
        return home
    return abroad if _may_be_mobile(abroad) and not _may_be_mobile(home) else home


def parse_short_mobile(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of seven or eight digits that are a mobile of `region`, or None.

    Estonia, Norway, Singapore and others have mobiles that short, and no short codes as long.
    """
    if not region or len(compact) < _SHORTEST_MOBILE:
        return None
    number = parse_national(compact, region)
    return number if number and _may_be_mobile(number) else None


def _may_be_mobile(e164: str) -> bool:
    """Return whether a valid number can be that of a mobile phone."""
    import phonenumbers

    kind = phonenumbers.number_type(phonenumbers.parse(e164))
    types = phonenumbers.PhoneNumberType
    return kind in (types.MOBILE, types.FIXED_LINE_OR_MOBILE)


def _is_possible(number: str) -> bool:
    """Return whether digits after a "+" have a length that numbers of their country have."""
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _get_country_code(region: str) -> str:
    """Return the country code of an ISO country: "48" for "PL"; "0" for an unknown one."""
    import phonenumbers

    return str(phonenumbers.country_code_for_region(region))


def has_several_forms(number: str) -> bool:
    """Return whether numbers of its country may have more than one form.

    Args:
        number: "+", country code and number.
    """
    return any(number[:length] in _RENUMBERINGS for length in _LENGTHS_OF_CODES)


def find_mobile_form(e164: str) -> str:
    """Return the form that a number has as a mobile, where both forms are valid.

    In Argentina a mobile has a 9 after the country code when it is dialled from abroad, and many
    gateways leave it out. The ten digits after it belong to one subscriber in any case.

    Args:
        e164: Valid number.
    """
    if not e164.startswith("+54"):
        return e164
    mobile = _ARGENTINA_WITHOUT_NINE.sub(r"+549\1", e164)
    return (_parse_valid(mobile, None) if mobile != e164 else None) or e164


def parse_international(compact: str) -> str | None:
    """Return the E.164 form of digits with a country code, after "+", an exit code or neither."""
    if compact[0] == "+":
        return _to_e164(compact, None)
    forms = [compact, *(compact[len(code) :] for code in _EXIT_CODES if compact.startswith(code))]
    numbers = (_to_e164(f"+{form}", None) for form in forms if form and form[0] != "0")
    return next((number for number in numbers if number), None)


def parse_national(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of digits as dialled inside `region`."""
    if not region or compact[0] == "+":
        return None
    # Where numbers have no trunk zero, or no longer one, people still write it.
    without_zero = compact.removeprefix("0")
    # Old forms are known with their country code, and in some the zero belongs to the number.
    forms = [compact, without_zero] if without_zero and without_zero[0] != "0" else []
    code = _get_country_code(region)
    numbers = (_to_e164(f"+{code}{form}", None) for form in forms)
    return _to_e164(compact, region) or next((number for number in numbers if number), None)


def _to_e164(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of a valid number, as it is dialled today, or None for any other."""
    if len(compact) > MAX_DIALLED_DIGITS:
        return None
    e164 = _parse_valid(compact, region)
    written = e164 or compact
    current = _find_current_form(written, is_valid=e164 is not None)
    return (_parse_valid(current, None) if current != written else None) or e164


@lru_cache(maxsize=4096)
def _parse_valid(compact: str, region: str | None) -> str | None:
    """Return the E.164 form of a number that is valid in its country's numbering plan."""
    import phonenumbers

    try:
        number = phonenumbers.parse(compact, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164 if len(e164) <= 1 + MAX_DIGITS else None


class _Renumbering(NamedTuple):
    """One change of a numbering plan."""

    old: str
    """Old form with "+" and country code, as a regular expression; compiled when it is used."""
    new: str
    """New form, as the replacement of a regular expression."""
    only_if_invalid: bool = False
    """Whether a valid number that looks like the old form is left as it is."""


def _renumber(old: str, new: str, *, only_if_invalid: bool = False) -> _Renumbering:
    """Return a change; both forms are without the "+"."""
    return _Renumbering(rf"\+{old}", f"+{new}", only_if_invalid)


_VIETNAM = {
    **{"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"},
    **{"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"},
    **{f"16{digit}": f"3{digit}" for digit in range(2, 10)},
    **{"186": "56", "188": "58", "199": "59"},
}
"""New prefixes of the mobiles with eleven digits (Vietnam, September 2018)."""

_RENUMBERINGS = {
    # Mexico, August 2019: no 1 after the country code, no 044 or 045 before a mobile.
    "+52": (_renumber(r"52(?:0?1|0?44|0?45)(\d{10})", r"52\1"),),
    # Argentina: the 15 of a mobile is dialled inside the country only. The parser knows how long
    # the area code before it is, and puts the 9 there that mobiles have from abroad.
    "+54": (_renumber(r"549((?=\d{12}$)\d{2,4}15\d{6,8})", r"54\1"),),
    # Brazil, 2012 to 2016: 9 before mobiles. Eight digits that begin with 2 to 5 are fixed lines.
    "+55": (_renumber(r"55(\d\d)([6-9]\d{7})", r"55\g<1>9\2"),),
    # Benin, November 2024.
    "+229": (_renumber(r"229(\d{8})", r"22901\1"),),
    # Ivory Coast, January 2021: the second digit names the operator (Moov, MTN, Orange).
    "+225": (
        _renumber(r"225([04-9][0-3]\d{6})", r"22501\1"),
        _renumber(r"225([04-9][4-6]\d{6})", r"22505\1"),
        _renumber(r"225([04-9][7-9]\d{6})", r"22507\1"),
    ),
    # Italy: fixed lines have kept their zero since 1998, and mobiles lost it in 2001. A number
    # that is valid with its zero is a fixed line.
    "+39": (_renumber(r"390(3\d{8,9})", r"39\1", only_if_invalid=True),),
    # Gabon, 2019: 06 became 066, 07 became 077.
    "+241": (
        _renumber(r"2410?([256]\d{6})", r"2416\1"),
        _renumber(r"2410?([47]\d{6})", r"2417\1"),
    ),
    # Cameroon, November 2014: 6 before mobiles, 2 before fixed lines.
    "+237": (
        _renumber(r"237([79]\d{7})", r"2376\1"),
        _renumber(r"237([23]\d{7})", r"2372\1"),
    ),
    # Mauritius, September 2013: 5 before mobiles.
    "+230": (_renumber(r"230([79]\d{6})", r"2305\1"),),
    # Ecuador, September 2012: 9 before mobiles.
    "+593": (_renumber(r"593([89]\d{7})", r"5939\1"),),
    # Kosovo, 2016 to 2018: its mobiles left the codes of Monaco and Slovenia.
    "+377": (_renumber(r"377(4[45]\d{6})", r"383\1"),),
    "+386": (_renumber(r"386(4[39]\d{6})", r"383\1"),),
    "+84": tuple(_renumber(rf"84{old}(\d{{7}})", rf"84{new}\1") for old, new in _VIETNAM.items()),
}
"""Changes by the country code of the old form."""
_LENGTHS_OF_CODES = (3, 4)
"""Characters of a country code here, with the "+"."""


def _find_current_form(number: str, *, is_valid: bool) -> str:
    """Return the form that is dialled today, or the number itself if it is no old form.

    The new form may be invalid: not every old number exists.

    Args:
        number: "+", country code and number.
        is_valid: Whether the number is valid as it is written.
    """
    for length in _LENGTHS_OF_CODES:
        for change in _RENUMBERINGS.get(number[:length], ()):
            if not (is_valid and change.only_if_invalid) and re.fullmatch(change.old, number):
                return re.sub(change.old, change.new, number)
    return number
