"""Guess the time zones of a phone number.

The number alone may match several zones: a mobile of a wide country can be anywhere in it. Area
codes are distinguished where they say more than the country does; the rest is the system's own
list of zones by country.
"""

import zoneinfo
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_NORTH_AMERICA: Mapping[tuple[str, ...], str] = {
    ("America/New_York",): (
        "201 202 203 207 212 215 216 220 223 227 229 231 234 239 240 248 252 260 267 269 272 "
        "276 283 301 302 304 305 313 315 317 321 324 326 329 330 332 336 339 347 351 352 363 "
        "380 386 401 404 407 410 412 413 419 423 434 440 443 445 463 470 472 475 478 484 502 "
        "508 513 516 517 518 540 551 561 567 570 571 574 582 585 586 603 606 607 609 610 614 "
        "616 617 631 640 645 646 656 667 678 680 681 686 689 703 704 706 716 717 718 724 727 "
        "728 732 734 740 743 754 757 762 765 770 771 772 774 781 786 802 803 804 810 813 814 "
        "821 826 828 835 838 839 843 845 848 854 856 857 859 860 862 863 864 865 878 904 908 "
        "910 912 914 917 919 929 934 937 941 943 947 948 954 959 973 978 980 984 989"
    ),
    ("America/Chicago",): (
        "205 210 214 217 218 219 224 225 228 235 251 254 256 262 270 274 281 309 312 314 316 "
        "318 319 320 325 327 331 334 337 346 353 361 364 402 405 409 414 417 430 432 447 464 "
        "469 479 501 504 507 512 515 531 534 539 557 563 572 573 580 601 608 612 615 618 620 "
        "629 630 636 641 651 659 660 662 682 708 712 713 715 726 730 731 737 763 769 773 779 "
        "785 806 815 816 817 830 832 847 870 872 901 903 913 918 920 931 936 938 940 945 952 "
        "956 972 975 979 985"
    ),
    ("America/Los_Angeles",): (
        "206 209 213 253 279 310 323 341 350 360 369 408 415 424 425 442 458 503 509 510 530 "
        "541 559 562 564 619 626 628 650 657 661 669 702 707 714 725 738 747 760 775 805 818 "
        "820 831 840 858 909 916 925 949 951 971"
    ),
    ("America/Toronto",): (
        "226 249 263 273 289 343 354 365 367 382 416 418 437 438 450 468 514 519 548 579 581 "
        "613 647 683 705 742 753 819 873 905 942"
    ),
    ("America/Denver",): "303 307 385 406 435 505 575 719 720 748 801 915 970 983",
    ("America/Edmonton",): "368 403 587 780 825",
    ("America/Phoenix",): "480 520 602 623 928",
    ("America/Winnipeg",): "204 431 474 584",
    ("America/Vancouver",): "257 604 672 778",
    ("America/Halifax",): "428 506 782 902",
    ("America/Regina",): "306 639",
    ("Pacific/Honolulu",): "808",
    ("America/Anchorage",): "907",
    ("America/New_York", "America/Chicago"): "448 812 850 906 930",
    ("America/Chicago", "America/Denver"): "308 605 701",
    ("America/Edmonton", "America/Vancouver"): "236 250",
    ("America/St_Johns", "America/Halifax"): "709 879",
    ("America/Toronto", "America/Winnipeg"): "807",
    ("America/Boise", "America/Los_Angeles"): "208 986",
    ("America/Iqaluit", "America/Edmonton", "America/Whitehorse"): "867",
}
"""Area codes of the United States and Canada by their zones."""

_ELSEWHERE: Mapping[tuple[str, ...], str] = {
    ("Australia/Sydney",): "612",
    ("Australia/Melbourne", "Australia/Hobart"): "613",
    ("Australia/Brisbane",): "617",
    ("Australia/Adelaide",): "6187 6188",
    ("Australia/Darwin",): "61889",
    ("Australia/Perth",): "6186 6189",
    ("Europe/Madrid",): "348 349",
    ("Atlantic/Canary",): "34822 34828 34922 34928",
    ("Europe/Lisbon",): "3512",
    ("Atlantic/Madeira",): "351291",
    ("Atlantic/Azores",): "351292 351295 351296",
    ("America/Sao_Paulo",): "551 552 553 554 555 557 558 5561 5562 5563 5564 5591 5593 5594 5596 "
    "5598 5599",
    ("America/Manaus",): "5569 5592 5595",
    ("America/Manaus", "America/Rio_Branco"): "5597",
    ("America/Cuiaba",): "5565 5566 5567",
    ("America/Rio_Branco",): "5568",
}
"""Prefixes, country code first, that belong to a part of their country."""

_REMOTE_ZONES = frozenset(
    {
        "America/Adak", "America/Noronha", "Antarctica/Macquarie", "Asia/Urumqi",
        "Australia/Eucla", "Australia/Lord_Howe", "Europe/Simferopol", "Pacific/Chatham",
        "Pacific/Easter", "Pacific/Galapagos",
    }
)  # fmt: skip
"""Zones with few inhabitants: they would only make the local time of all others less clear."""


def look_up_zones(e164: str, country: str | None) -> tuple[str, ...]:
    """Return the IANA zones that a valid number may be in, none if unknown.

    Args:
        e164: Phone number.
        country: ISO country of the number, or None.
    """
    digits = e164.removeprefix("+")
    # Longest prefix first: a city may have another zone than the area around it.
    for length in range(min(_find_longest_prefix(), len(digits)), 1, -1):
        if zones := _map_prefixes().get(digits[:length]):
            return zones
    return _map_countries().get(country, ()) if country else ()


@cache
def _map_prefixes() -> Mapping[str, tuple[str, ...]]:
    """Return the zones by the first digits of a number."""
    american = {f"1{code}": z for z, codes in _NORTH_AMERICA.items() for code in codes.split()}
    return american | {code: z for z, codes in _ELSEWHERE.items() for code in codes.split()}


@cache
def _find_longest_prefix() -> int:
    """Return the number of digits of the longest prefix that has a zone."""
    return max(map(len, _map_prefixes()))


@cache
def _map_countries() -> Mapping[str, tuple[str, ...]]:
    """Return the zones by ISO country code, the most populous ones early (tz database)."""
    zones: dict[str, tuple[str, ...]] = {}
    for line in _read_zone_table():
        fields = line.split("\t")
        if not line.startswith("#") and len(fields) > 2 and fields[2] not in _REMOTE_ZONES:
            zones[fields[0]] = (*zones.get(fields[0], ()), fields[2])
    return zones


def _read_zone_table() -> Iterator[str]:
    """Yield the lines of zone.tab, from where zoneinfo finds its zones."""
    for folder in zoneinfo.TZPATH:
        if (table := Path(folder, "zone.tab")).is_file():
            yield from table.read_text(encoding="utf-8").splitlines()
            return
    # Without a zone table of the system, that of the tzdata package is used.
    from importlib import resources

    try:
        packed = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    except ModuleNotFoundError:
        return
    yield from packed.read_text(encoding="utf-8").splitlines()
