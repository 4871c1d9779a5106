"""List the destinations and their prices; the names of networks are fictional."""

from tui.domain.record_type import record
from tui.sandbox.handset import extract_digits


@record
class Country:
    """One destination."""

    code: str
    name: str
    prefix: str
    networks: tuple[tuple[int, str, str], ...]
    """MCCMNC, name and price of each."""

    def to_json(self) -> dict[str, object]:
        """Return the answer of `prices`."""
        return {
            "country": self.code,
            "name": self.name,
            "prefix": self.prefix,
            "networks": [
                {"mccmnc": mccmnc, "name": name, "price": price}
                for mccmnc, name, price in self.networks
            ],
        }

    def to_xml(self) -> str:
        """Return the answer of `prices` as XML, in a format of ours: none is documented."""
        networks = "".join(
            f"<network><mccmnc>{mccmnc}</mccmnc><name>{name}</name><price>{price}</price></network>"
            for mccmnc, name, price in self.networks
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><prices><country>{self.code}</country>'
            f"<name>{self.name}</name><prefix>{self.prefix}</prefix>"
            f"<networks>{networks}</networks></prices>"
        )


COUNTRIES = {
    country.code: country
    for country in (
        Country("AU", "Australia", "61", ((50599, "Example Southern", "0.04100"),)),
        Country("DE", "Germany", "49", ((26299, "Example Funk", "0.07500"),)),
        Country(
            "EE",
            "Estonia",
            "372",
            ((24899, "Example Mobile", "0.05900"), (24898, "Example Telia", "0.05700")),
        ),
        Country("FI", "Finland", "358", ((24499, "Example Oy", "0.06300"),)),
        Country("GB", "United Kingdom", "44", ((23499, "Example Cell", "0.03900"),)),
        Country("LT", "Lithuania", "370", ((24699, "Example Rysys", "0.03200"),)),
        Country("LV", "Latvia", "371", ((24799, "Example Sakari", "0.05100"),)),
        Country("PL", "Poland", "48", ((26099, "Example Komorka", "0.02900"),)),
        Country("SE", "Sweden", "46", ((24099, "Example Tele", "0.05500"),)),
        Country("US", "United States", "1", ((310999, "Example Wireless", "0.00900"),)),
    )
}
UNSUPPORTED = {"KP": "850"}
"""Countries without service, with their prefix."""

PRICE_LIST_HEADER = "Country,Code,MCCMNC,Network,Price"


def build_price_list() -> str:
    """Return all prices as CSV."""
    rows = [
        f"{country.name},{country.code},{mccmnc},{name},{price}"
        for country in COUNTRIES.values()
        for mccmnc, name, price in country.networks
    ]
    return "\n".join([PRICE_LIST_HEADER, *rows, ""])


def find_country(number: str) -> Country | None:
    """Return the destination of a number, or None if it is not on the price list.

    Args:
        number: Phone number in international format.
    """
    digits = extract_digits(number)
    return next(
        (country for country in COUNTRIES.values() if digits.startswith(country.prefix)), None
    )


def has_known_country(number: str) -> bool:
    """Return whether the number's country code exists.

    Args:
        number: Phone number in international format.
    """
    # Imported late: the library is large, and only the classic API needs it.
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    digits = extract_digits(number)
    return any(int(digits[:length] or "0") in COUNTRY_CODE_TO_REGION_CODE for length in (1, 2, 3))


def is_supported(number: str) -> bool:
    """Return whether messages can be sent to the number's country.

    Args:
        number: Phone number in international format.
    """
    return not extract_digits(number).startswith(tuple(UNSUPPORTED.values()))
