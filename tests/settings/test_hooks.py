"""Test the settings of hooks and webhooks, from the file and the environment."""

from typing import Any

import pytest
from pydantic import ValidationError

from tui.settings.models import Settings
from tui.settings.values import Webhook

GOOD = {"url": "https://crm.example.com/sms", "secret_file": "/etc/smsdesk/crm"}


def test_hooks_and_webhooks_are_read() -> None:
    made = Settings({"hooks": {"reply": ["on-reply", "x y"]}, "webhooks": {"crm": GOOD}})
    assert made.hooks == {"reply": ("on-reply", "x y")}
    assert made.webhooks == {"crm": Webhook(GOOD["url"], GOOD["secret_file"])}
    texts = {**GOOD, "kinds": "reply, status", "allow_http": "true"}
    (read,) = Settings({"webhooks": {"crm": texts}}).webhooks.values()
    assert (read.kinds, read.allow_http) == (("reply", "status"), True)
    assert Settings({"hooks": '{"reply": "on-reply --now"}'}).hooks["reply"] == (
        "on-reply",
        "--now",
    )


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"hooks": {"Reply!": ["x"]}}, 'cannot have the name "Reply!"'),
        ({"hooks": {"reply": []}}, "needs a program to run"),
        ({"hooks": {"hook": ["x"]}}, "cannot have a hook named hook"),
        ({"webhooks": {"crm": {"url": GOOD["url"]}}}, "crm: needs secret_file"),
        ({"webhooks": {"crm": {**GOOD, "url": 7}}}, "crm: needs url"),
        ({"webhooks": {"crm": {**GOOD, "url": "crm"}}}, "crm: url must be an address"),
        ({"webhooks": {"crm": {**GOOD, "url": "http://a.example"}}}, "crm: url is not encrypted"),
        ({"webhooks": {"crm": {**GOOD, "kinds": ["replies"]}}}, "there is no kind replies"),
        ({"webhooks": {"crm": {**GOOD, "kinds": ["hook"]}}}, "there is no kind hook"),
        ({"webhooks": {"crm": {**GOOD, "kinds": 3}}}, "kinds must be a list"),
        ({"webhooks": {"crm": {**GOOD, "secret": "x"}}}, "crm: has no secret"),
        ({"webhooks": {"crm": {**GOOD, "allow_http": "maybe"}}}, "allow_http must be true"),
        ({"webhooks": {"crm": "https://a.example"}}, "crm: must be a table"),
        ({"webhooks": ["crm"]}, "must be a table of webhooks"),
    ],
)
def test_a_mistake_is_named(values: dict[str, Any], line: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(values)
    assert line in str(caught.value)
