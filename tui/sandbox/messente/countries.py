"""Where messages can go and what they cost; names of networks are made up."""

from dataclasses import dataclass

from tui.sandbox.handset import digits_of


@dataclass(frozen=True, slots=True)
class Country:
    """One destination."""

    code: str
    name: str
    prefix: str
    networks: tuple[tuple[int, str, str], ...]
    """MCCMNC, name and price of each."""

    def as_json(self) -> dict[str, object]:
        """The answer of `prices`."""
        return {
            "country": self.code,
            "name": self.name,
            "prefix": self.prefix,
            "networks": [
                {"mccmnc": mccmnc, "name": name, "price": price}
                for mccmnc, name, price in self.networks
            ],
        }

    def as_xml(self) -> str:
        """The same as XML; the documentation does not show its form."""
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


def price_list() -> str:
    """All prices as CSV."""
    rows = [
        f"{country.name},{country.code},{mccmnc},{name},{price}"
        for country in COUNTRIES.values()
        for mccmnc, name, price in country.networks
    ]
    return "\n".join([PRICE_LIST_HEADER, *rows, ""])


def country_of(number: str) -> Country | None:
    """The destination of a number, if it is on the price list."""
    digits = digits_of(number)
    return next((c for c in COUNTRIES.values() if digits.startswith(c.prefix)), None)


def is_anywhere(number: str) -> bool:
    """Whether any country has the number's country code."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    digits = digits_of(number)
    return any(int(digits[:length] or "0") in COUNTRY_CODE_TO_REGION_CODE for length in (1, 2, 3))


def is_supported(number: str) -> bool:
    """Whether messages can go to the number's country."""
    return not digits_of(number).startswith(tuple(UNSUPPORTED.values()))
