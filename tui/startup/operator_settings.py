"""Make of the settings what the sync needs: who reads figures, who gets alarms and events."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.settings.errors import SettingsError
from tui.settings.public import Preferences

if TYPE_CHECKING:
    from tui.settings.models import Settings
    from tui.sync.alarm_channels import AlarmChannels
    from tui.sync.event_delivery import DeliverySettings
    from tui.sync.metrics import MetricsAccess


def read_metrics_access(
    settings: "Preferences | Settings", environ: Mapping[str, str]
) -> "tuple[MetricsAccess, str]":
    """Return who may read the figures, and why no one may if the token cannot be read.

    Args:
        settings: Settings with the mode and the file of the token.
        environ: Environment variables.
    """
    from tui.settings.paths import expand_path
    from tui.settings.sources import read_secret
    from tui.sync.metrics import MetricsAccess

    if settings.metrics_token_file is None or settings.metrics == "off":
        return MetricsAccess(settings.metrics), ""
    try:
        token = read_secret(expand_path(settings.metrics_token_file, environ)).strip()
        problem = "" if token else f"{settings.metrics_token_file}: is empty"
    except SettingsError as error:
        token, problem = "", str(error)
    if problem:
        return MetricsAccess("off"), f"metrics_token_file: {problem}; /metrics answers nothing"
    return MetricsAccess(settings.metrics, token), ""


def get_alarm_channels(
    settings: "Preferences | Settings", environ: Mapping[str, str]
) -> "AlarmChannels":
    """Return where alarms are sent.

    Args:
        settings: Settings with the channels.
        environ: Environment variables, which the command gets without those of smsdesk.
    """
    from tui.sync.alarm_channels import AlarmChannels

    return AlarmChannels(
        command=settings.notify_command,
        url=settings.notify_url,
        allow_http=settings.notify_allow_http,
        environ=environ,
        host=os.uname().nodename,
    )


def get_deliveries(
    settings: "Preferences | Settings", environ: Mapping[str, str]
) -> "DeliverySettings | None":
    """Return the hooks and webhooks; None if there are none.

    Args:
        settings: Settings with both.
        environ: Environment variables, which the commands get without those of smsdesk.
    """
    if not (settings.hooks or settings.webhooks):
        return None
    from tui.settings.paths import expand_path
    from tui.sync.event_delivery import DeliverySettings
    from tui.sync.webhook_posts import PostTarget

    webhooks = {
        name: PostTarget(
            one.url,
            str(expand_path(one.secret_file, environ)),
            frozenset(one.kinds),
            one.allow_http,
        )
        for name, one in settings.webhooks.items()
    }
    return DeliverySettings(settings.hooks, webhooks, environ)
