"""Test the bodies of account webhooks."""

from urllib.parse import parse_qs
from xml.etree.ElementTree import fromstring

import pytest

from tui.sandbox.messagemedia.template import fill_template, render_body

REPORT = {
    "message_id": "m-1",
    "status": "delivered",
    "error_code": "220",
    "source_number": "+61491570156",
    "original_text": 'He said "hi"\n',
    "metadata": {"ticket": "T-1042"},
    "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "SmsdeskDemo"},
}


@pytest.mark.parametrize(
    ("template", "body"),
    [
        ('{"id":"$mtId","status":"$statusCode"}', '{"id":"m-1","status":"220"}'),
        ("${status} of $accountId", "delivered of SmsdeskDemo"),
        ("$metadata.get('ticket')", "T-1042"),
        ("$!metadata.get('nothing')|$metadata.get('x')", "|$metadata.get('x')"),
        ("$moContent and $!moContent.", "$moContent and ."),
        ('"$esc.json($mtContent)"', '"He said \\"hi\\"\\n"'),
        ("costs $5, $unknown", "costs $5, $unknown"),
    ],
)
def test_variables_are_filled_in_and_printed_as_their_name_without_a_value(
    template: str, body: str
) -> None:
    assert fill_template(template, REPORT) == body


def test_variables_in_the_text_of_a_customer_are_not_filled() -> None:
    hostile = {**REPORT, "original_text": "$status $esc.json($status)"}
    for template in ("$mtContent", "$esc.json($mtContent)"):
        assert fill_template(template, hostile) == "$status $esc.json($status)"


def test_a_form_has_every_field() -> None:
    form = parse_qs(render_body("FORM_ENCODED", None, REPORT).decode())
    assert form["source_number"] == ["+61491570156"]
    assert form["metadata"] == ['{"ticket": "T-1042"}']


def test_xml_has_every_field() -> None:
    root = fromstring(render_body("XML", None, {**REPORT, "content": "\ud83d <b>"}))
    assert (root.findtext("status"), root.findtext("content")) == ("delivered", "? <b>")


def test_a_template_is_the_whole_body_in_any_encoding() -> None:
    assert render_body("XML", "<s>$status</s>", REPORT) == b"<s>delivered</s>"
