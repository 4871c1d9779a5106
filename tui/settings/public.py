"""Define the settings, each once: its key, type, limits, default and documentation.

`GeneralSettings` is the only list of the settings that are not about accounts. The model that
validates the settings file (`models.py`), the cache of the first paint (`cache.py`), the values
that screens and scripts use (`Preferences`) and the reference for users (`reference.py`) all follow
from it. To add a setting, add a field with a docstring here, and read it where it is used.

Annotations are not evaluated here, because their types validate with pydantic: importing it takes
longer than a short script's whole run (tests/cli/test_imports.py).
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tui.domain.account import Account
from tui.domain.record_type import record
from tui.settings.values import DEFAULT_QUIET_HOURS

if TYPE_CHECKING:
    from pydantic import Field

    from tui.settings.fields import (
        CommandWords,
        DatabaseField,
        DirectoryPath,
        HookTable,
        KeyTable,
        ListenField,
        LogLevel,
        MetricsMode,
        NotifyUrl,
        QuietHoursField,
        Region,
        TextListTable,
        Theme,
        Url,
        WebhookTable,
    )


@record
class NotificationPreferences:
    """How an agent is notified of a new message while looking elsewhere.

    The docstring of each field is its documentation for users (see `GeneralSettings`).
    """

    bell: bool = True
    """Sound the terminal's alert."""
    desktop: bool = True
    """Send a desktop notification through the terminal."""
    every_seconds: Annotated[float, Field(ge=0, le=3600)] = 10.0
    """Shortest time between two notifications, in seconds.

    Example: 60
    """


@record
class GeneralSettings:
    """The settings that are not about accounts.

    The docstring of each field is its documentation for users: what it means, in which unit, and
    what the default does if that is not evident. After "Example:" stands a value as in the file.
    """

    database: DatabaseField = Path("inbox.db")
    """Database file of the inbox. The default lies in the data directory, as a rule
    `~/.local/share/smsdesk`; agents who share an inbox name the same file. Or the address of a
    PostgreSQL server, if they work on several hosts: `postgresql://inbox.example/desk`.

    Example: "/srv/smsdesk/inbox.db"
    """
    database_password_file: Path | None = None
    """File with the password for the database server. SMSDESK_DATABASE_PASSWORD comes first; a file
    `database_password` in `secrets_dir` and PGPASSFILE work as well.

    Example: "/etc/smsdesk/database-password"
    """
    database_pooled: bool = False
    """Whether the address leads to a pooler such as pgbouncer that gives each transaction another
    connection. Changes of other hosts are then noticed within a second instead of at once."""
    database_unverified: bool = False
    """Allow a database server on another host without `sslmode=verify-full`."""
    agent: Annotated[str, Field(max_length=40)] = ""
    """Name of the agent, as colleagues see it. If empty, the name of the system's user is used.

    Example: "mia"
    """
    group_access: bool = False
    """Let the group of the database file read and write it (mode 0660 instead of 0600)."""
    own_checkpoints: bool = True
    """Move the database's log into its file from time to time; false where Litestream does it."""
    theme: Theme = "dark"
    """Colours of the screen; `terminal` uses the terminal's own sixteen.

    Example: "high-contrast"
    """
    ascii: bool | None = None
    """Show badges and borders in ASCII only. If not set, the terminal and its locale decide.

    Example: true
    """
    enter_sends: bool = True
    """Enter sends and Alt+Enter begins a new line; false swaps them."""
    default_region: Region | None = None
    """Country (ISO 3166 code) of numbers without a country code, typed or received. If not set,
    typed ones are refused unless the account has a `region`.

    Example: "AU"
    """
    grace_seconds: Annotated[float, Field(ge=0, le=300)] = 5.0
    """Time in which a message can be cancelled before it is sent, in seconds; 0 sends at once.

    Example: 10
    """
    bulk_per_minute: Annotated[int, Field(ge=1, le=6000)] = 60
    """Texts a minute through each account when one text goes to many conversations.

    Example: 30
    """
    quiet_hours: QuietHoursField = DEFAULT_QUIET_HOURS
    """Hours in which sending needs a confirmation, by the customer's clock; "off" for none.

    Example: "21-7"
    """
    poll_min_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 2.0
    """Time between two polls of an account while a reply or receipt is expected, in seconds.

    Example: 1
    """
    poll_max_seconds: Annotated[float, Field(ge=0.1, le=86400)] = 30.0
    """Time between two polls of an inactive account, in seconds.

    Example: 120
    """
    listen: ListenField = None
    """HOST:PORT on which pushed replies and receipts are received. If not set, none are.

    Example: "127.0.0.1:8780"
    """
    public_url: Url = ""
    """Address at which providers reach the listener; sent messages name it for their receipts. If
    empty, only the address that is set at the provider is used.

    Example: "https://sms.example.com"
    """
    keys: KeyTable = field(default_factory=dict)
    """Your own keys: for a command, one key or several, with commas between them. The table of keys
    names the commands.

    Example: {close = "e,ctrl+w"}
    """
    notifications: NotificationPreferences = NotificationPreferences()
    """How an agent is notified of a new message while looking elsewhere.

    Example: {bell = false}
    """
    downloads: DirectoryPath = Path("~/Downloads")
    """Directory into which files from customers are saved.

    Example: "~/sms-files"
    """
    pipe: str = "less"
    """Command that is suggested first for piping a conversation to a program; empty for none.

    Example: "grep -i order"
    """
    assist: CommandWords = ()
    """Program that helps to write, for the key F12; no shell is used. It reads the newest texts of
    the conversation and prints a suggestion, which is never sent by itself. Empty for none.

    Example: ["ollama", "run", "llama3.2"]
    """
    log_level: LogLevel = "info"
    """Lowest level that is written to the log file.

    Example: "debug"
    """
    opt_out_words: TextListTable = field(default_factory=dict)
    """More keywords that mean STOP when a customer sends nothing else, by country (ISO 3166
    code); `*` is every country.

    Example: {"*" = ["ENOUGH"], AU = ["RACK OFF"]}
    """
    confirm_opt_outs: bool = False
    """Let a rule answer an opt-out with one text that confirms it. Switch it on where the law or
    your contract asks for such a text."""
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    """Age in days from which messages are deleted with their files, whatever process serves the
    inbox; 0 keeps them for ever. `smsdesk prune --dry-run` shows what that would delete.

    Example: 730
    """
    opt_out_sentence: Annotated[str, Field(max_length=160)] = ""
    """Sentence that is added to the first text to each customer, once per conversation; empty for
    none. An account can have its own.

    Example: "Reply STOP to opt out."
    """
    alarms: bool = True
    """Raise an alarm for an account that receives nothing for unusually long, or whose receipts are
    unusually late, compared with its own last weeks."""
    silent_after_minutes: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Time without messages after which every account raises an alarm, whatever is usual for it, in
    minutes; 0 for never.

    Example: 120
    """
    metrics: MetricsMode = "local"
    """Who may read `/metrics` at the listener: `local` is this host only, unless a proxy forwards.

    Example: "off"
    """
    metrics_token_file: Path | None = None
    """File with the bearer token that `/metrics` then needs, from wherever it is read.

    Example: "/etc/smsdesk/secrets/metrics-token"
    """
    notify_command: CommandWords = ()
    """Program that is run for an alarm, with the alarm's text on its input; no shell is used.

    Example: ["apprise", "--tag", "support"]
    """
    notify_url: NotifyUrl = ""
    """Address to which an alarm is posted as JSON, or `file:PATH` of a file that holds it.

    Example: "https://hooks.example.com/alarms"
    """
    notify_allow_http: bool = False
    """Allow a `notify_url` with http:// on another machine."""
    hooks: HookTable = field(default_factory=dict)
    """Commands that are run when something happens, with the event as JSON on their input; no shell
    is used. A name that is a kind of event runs for each one of it, any other name is run by rules.
    See the page `events`.

    Example: {reply = ["/usr/local/bin/on-reply"]}
    """
    webhooks: WebhookTable = field(default_factory=dict)
    """Addresses to which events are posted, each with a name: `url` (or `file:PATH`), `secret_file`
    with the secret that signs them, `kinds` of events, and `allow_http`. See the page `events`.

    Example: {crm = {url = "https://crm.example.com/sms", secret_file = "/etc/smsdesk/crm-secret"}}
    """
    secrets_dir: Path | None = None
    """Directory of secret files, one for each secret, named like `support_au__api_secret`. If not
    set, the one that a service manager provides (`LoadCredential` of systemd) is used.

    Example: "/run/secrets/smsdesk"
    """


@record
class Preferences(GeneralSettings):
    """Validated settings without secrets: all that a screen or a script needs.

    Paths are complete, and the agent has a name.
    """

    accounts: tuple[Account, ...] = ()
    """The accounts, without their secrets."""
    warnings: tuple[str, ...] = ()
    """Allowed settings that should be fixed, one line each."""

    @property
    def event_targets(self) -> tuple[str, ...]:
        """Return the names of the hooks and webhooks, as the store knows them."""
        return (*(f"hook {name}" for name in self.hooks), *(f"webhook {n}" for n in self.webhooks))
