"""Check hooks, webhooks and rules: that what they name is there, and what went wrong last."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tui.desk.format import format_moment
from tui.desk.rule_names import COMMAND_FIXES, collect_names, list_missing
from tui.doctor.checks import CheckResult, report_bad, report_good, report_note
from tui.domain.change import JournalKind
from tui.domain.text import format_count, one_line
from tui.settings.paths import expand_path
from tui.settings.public import Preferences
from tui.settings.values import Webhook
from tui.store.errors import StoreError
from tui.store.reader import InboxReader
from tui.store.rule_rows import list_enabled, read_stored_names
from tui.store.target_rows import EventTarget

_HOOKS = "hooks"
_RULES = "rules"
_HELP = "smsdesk help events says what belongs there"
_FIX = "smsdesk hooks shows the failures; smsdesk help events, what a hook gets"


def check_hooks(desk: Preferences, now: int, environ: Mapping[str, str]) -> Iterator[CheckResult]:
    """Check the hooks and webhooks of the settings without running any.

    Args:
        desk: Settings without secrets.
        now: Current time (ms UTC).
        environ: Environment variables.
    """
    kinds = {kind.value for kind in JournalKind}
    for name, words in desk.hooks.items():
        if shutil.which(words[0], path=environ.get("PATH")) is None:
            line = f"hook {name}: {words[0]} is not there, or is not a program"
            yield report_bad(_HOOKS, line, "write its whole path")
        elif name not in kinds:
            line = f"hook {name}: only rules run it, as no kind of event has this name"
            yield report_note(_HOOKS, line)
    for name, webhook in desk.webhooks.items():
        for problem in filter(None, _list_webhook_problems(webhook, environ)):
            yield report_bad(_HOOKS, f"webhook {name}: {problem}", _HELP)
    if not desk.event_targets:
        return
    with suppress(StoreError), InboxReader(desk.database) as reader:  # reported with the database
        for target in reader.list_event_targets():
            if target.name in desk.event_targets:
                yield _check_target(target, now)


def _list_webhook_problems(webhook: Webhook, environ: Mapping[str, str]) -> Iterator[str]:
    """Return what is wrong with the files of a webhook, as far as this user can read them."""
    from tui.sync.bounded_programs import read_address
    from tui.sync.webhook_posts import read_secret

    path = expand_path(webhook.secret_file, environ)
    # A file that only the service may read is checked by the service.
    if not _is_hidden(path):
        yield read_secret(path)[1]
    path = expand_path(webhook.url.removeprefix("file:").strip(), environ)
    if webhook.url.startswith("file:") and not _is_hidden(path):
        yield read_address(webhook.url, "url")[1]


def _is_hidden(path: Path) -> bool:
    """Return whether this user can not say what is in a file, or that it is not there."""
    if os.access(path, os.F_OK):
        return not os.access(path, os.R_OK)
    return not os.access(path.parent, os.X_OK)


def _check_target(target: EventTarget, now: int) -> CheckResult:
    """Return how a hook or webhook took the last event."""
    name = target.name
    if target.line:
        moment = format_moment(target.line_at, now)
        return report_bad(_HOOKS, one_line(f"{name}: {moment}: {target.line}", 400), _FIX)
    if target.line_at:
        return report_good(
            _HOOKS, f"{name}: it took an event at {format_moment(target.line_at, now)}"
        )
    return report_good(_HOOKS, f"{name}: nothing has happened for it yet")


def check_rules(desk: Preferences) -> Iterator[CheckResult]:
    """Check the rules that are on with the accounts and hooks of these settings.

    Args:
        desk: Settings without secrets.
    """
    with suppress(StoreError), InboxReader(desk.database) as reader:  # reported with the database
        rules = reader.read(list_enabled)
        if not rules:
            return
        lines = list_missing(
            rules, collect_names(reader.read(read_stored_names), desk, COMMAND_FIXES)
        )
        for line in lines:
            yield report_bad(_RULES, line, "edit the rule (g r in the inbox), or add what it names")
        if not lines:
            yield report_good(
                _RULES, f"{format_count(len(rules), 'rule')} on; what they name is there"
            )
