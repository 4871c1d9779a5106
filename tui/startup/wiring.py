"""The one place where settings become a store, the app's context, accounts and their service.

Imports that take long are inside the functions: the first screen needs the store and the
context, but nothing of the network.
"""

import os
import random
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from tui.clock import Clock
from tui.settings.errors import SettingsError
from tui.settings.public import Preferences
from tui.terminal.modes import has_other_driver

if TYPE_CHECKING:
    from tui.desk.context import AppContext
    from tui.domain.account import Account
    from tui.domain.consent import Keywords, KeywordTable, Verdict
    from tui.providers.protocol import Provider
    from tui.settings.models import Settings
    from tui.startup.served_settings import ClientSettings
    from tui.store.incoming import ConsentClassifier
    from tui.store.store import Store
    from tui.sync.context import ServedAccount

_ASCII_TERMINALS = frozenset({"linux", "dumb"})
_PROGRESS_SECONDS = 1.0
_LINE_START = "\r\x1b[K"
"""Return to the beginning of the line and clear it."""
_LOCALE_VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")


def open_store(preferences: Preferences, clock: Clock, rng: random.Random) -> "Store":
    """Return the store, to be entered with `async with`.

    Args:
        preferences: Settings without secrets.
        clock: Source of the current time.
        rng: Source of random numbers.
    """
    from tui.store.store import Store

    return Store(
        preferences.database,
        clock=clock,
        rng=rng,
        owner=create_owner_name(rng),
        classify=create_consent_judge(preferences.opt_out_words),
        shared=preferences.group_access,
        own_checkpoints=preferences.own_checkpoints,
        report_progress=ProgressLine(sys.stderr, clock),
    )


class ProgressLine:
    """Show on a line how far a long migration is; nothing if it is done at once."""

    def __init__(self, output: TextIO, clock: Clock) -> None:
        """Show nothing yet.

        Args:
            output: Where to write; on a terminal the line is rewritten.
            clock: Source of the time since the beginning.
        """
        self._output = output
        self._clock = clock
        self._shown_at = clock.monotonic()
        self._is_shown = False

    def __call__(self, task: str, done: int, total: int) -> None:
        """Show the progress: once in a file, every second on a terminal.

        Args:
            task: What is being done.
            done: Number of things that are done.
            total: Number of things to do.
        """
        now, is_terminal = self._clock.monotonic(), self._output.isatty()
        is_last = self._is_shown and 0 < total <= done
        has_nothing = total == 0 and "{}" in task
        is_too_early = now - self._shown_at < _PROGRESS_SECONDS or (total and not done)
        if has_nothing or (is_too_early and not is_last):
            return
        if self._is_shown and not (is_terminal and total):
            return
        numbers = f"{done:,} of {total:,}"
        text = task.format(numbers) if "{}" in task else f"{task}: {numbers}" if total else task
        end = "\n" if not is_terminal or done >= total else ""
        line = f"{_LINE_START if is_terminal else ''}smsdesk: {text}{end}"
        self._output.write(line)
        self._output.flush()
        self._shown_at, self._is_shown = now, True


def create_owner_name(rng: random.Random) -> str:
    """Return a name for this process that no other process has, on this host or another."""
    return f"{os.uname().nodename}-{os.getpid()}-{rng.getrandbits(48):012x}"


def create_consent_judge(extra_keywords: Mapping[str, Sequence[str]]) -> "ConsentClassifier":
    """Return the function that finds an opt-out or opt-in in a customer's message.

    Args:
        extra_keywords: Additional STOP keywords by country; "*" for every country.
    """
    keywords: KeywordTable | None = None

    def judge_text(text: str, party: str) -> "Verdict":
        """Judge a text by the keywords of the customer's country."""
        from tui.domain.consent import classify_message
        from tui.domain.phone import find_country

        nonlocal keywords
        # Built with the first message: the start of the app does not wait for it.
        keywords = keywords or _build_keywords(extra_keywords)
        return classify_message(text, find_country(party), keywords)

    return judge_text


def _build_keywords(extra: Mapping[str, Sequence[str]]) -> "KeywordTable":
    """Return the known keywords and the additional ones; "*" applies to every country."""
    from tui.domain.consent import DEFAULT_KEYWORDS, Keywords, KeywordTable

    no_keywords = Keywords(frozenset())
    countries = {*DEFAULT_KEYWORDS.countries, *extra} - {"*"}
    return KeywordTable(
        _add_stop_keywords(DEFAULT_KEYWORDS.everywhere, extra.get("*", ())),
        {
            country: _add_stop_keywords(
                DEFAULT_KEYWORDS.countries.get(country, no_keywords), extra.get(country, ())
            )
            for country in sorted(countries)
        },
    )


def _add_stop_keywords(known: "Keywords", extra: Sequence[str]) -> "Keywords":
    """Return a keyword list with more keywords that mean STOP."""
    from dataclasses import replace

    from tui.domain.consent import make_keywords

    return replace(known, stop=known.stop | make_keywords(stop=extra).stop)


def create_context(
    preferences: Preferences, clock: Clock, environ: Mapping[str, str]
) -> "AppContext":
    """Return the app's context; it contains no secret.

    Args:
        preferences: Settings without secrets.
        clock: Source of the current time.
        environ: Environment variables.
    """
    from tui.desk.context import AppContext
    from tui.settings.paths import find_log_file
    from tui.terminal.desktop_notifications import detect_terminal

    return AppContext(
        preferences=add_capabilities(preferences),
        clock=clock,
        colours=not environ.get("NO_COLOR"),
        ascii=preferences.ascii if preferences.ascii is not None else is_ascii_terminal(environ),
        editor=environ.get("VISUAL") or environ.get("EDITOR") or "vi",
        shell=environ.get("SHELL") or "/bin/sh",
        # Our own variables can hold secrets of accounts.
        program_environ={k: v for k, v in environ.items() if not k.startswith("SMSDESK_")},
        terminal=detect_terminal(environ),
        log_file=find_log_file(environ),
    )


def add_capabilities(preferences: Preferences) -> Preferences:
    """Return the preferences with accounts that know what their providers can do."""
    from dataclasses import replace

    return replace(preferences, accounts=know_capabilities(preferences.accounts))


def know_capabilities(accounts: "Sequence[Account]") -> "tuple[Account, ...]":
    """Return accounts that know what their providers can do."""
    from dataclasses import replace

    from tui.providers.catalog import get_capabilities

    return tuple(replace(a, capabilities=get_capabilities(a.provider, {})) for a in accounts)


def is_ascii_terminal(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal can show only ASCII, by its environment.

    A missing locale proves nothing: most terminals that do not set it can show UTF-8.

    Args:
        environ: Environment variables.
    """
    if has_other_driver(environ):
        return False  # the terminal and the locale are those of the server
    if environ.get("TERM", "") in _ASCII_TERMINALS:
        return True
    locale = next((environ[name] for name in _LOCALE_VARIABLES if environ.get(name)), "")
    return bool(locale) and "utf8" not in locale.lower().replace("-", "")


def open_accounts(settings: "Settings", clock: Clock) -> list["ServedAccount"]:
    """Return every account of the settings with its provider's client.

    The caller closes them (`run_service` does).

    Args:
        settings: Settings with their secrets.
        clock: Source of the current time.

    Raises:
        SettingsError: A client cannot be created.
    """
    from tui.startup.served_settings import list_clients

    return open_clients(list_clients(settings), settings, clock)


def open_clients(
    clients: "Sequence[ClientSettings]", settings: "Preferences | Settings", clock: Clock
) -> list["ServedAccount"]:
    """Return accounts with their providers' clients.

    Args:
        clients: What the clients need of the settings.
        settings: Where the listener listens, and its public address.
        clock: Source of the current time.

    Raises:
        SettingsError: A client cannot be created.
    """
    from tui.sync.context import ServedAccount

    found = []
    for client in clients:
        hook_secret = client.hook_secret if settings.listen is not None else ""
        found.append(
            ServedAccount(
                name=client.name,
                provider=_open_client(client, clock, settings.public_url),
                region=client.region,
                sender=client.sender,
                hook_secret=hook_secret,
                callback_url=_build_callback_url(settings.public_url, client.name, hook_secret),
            )
        )
    return found


def _open_client(client: "ClientSettings", clock: Clock, public_url: str) -> "Provider":
    """Return the client of one account."""
    from urllib.parse import urlsplit

    from tui.providers.catalog import CATALOG
    from tui.providers.errors import ProviderError
    from tui.providers.registry import open_provider

    options = dict(client.options)
    if CATALOG[client.provider].signs_request_line:
        options["public_path"] = urlsplit(public_url or "").path
    try:
        return open_provider(client.provider, options, clock)
    except (ProviderError, ValueError) as error:
        raise SettingsError([f"accounts.{client.name}: {error}"]) from None


def _build_callback_url(public_url: str, name: str, secret: str) -> str:
    """Return where providers reach the listener for one account, or "" if they cannot."""
    from tui.providers.catalog_entry import HOOK_PATH

    if not public_url or not secret:
        return ""
    return public_url + HOOK_PATH.format(account=name, secret=secret)
