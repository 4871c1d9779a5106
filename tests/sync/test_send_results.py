"""Test what the response to a send means for the message."""

import random

import pytest

from tui.domain.status import Status
from tui.providers import errors
from tui.providers.protocol import SendAccepted, SendRefused
from tui.store.event_rows import SendRecord
from tui.sync.account_health import describe_failure
from tui.sync.send_results import Requeue, classify_result

RNG = random.Random(1)
WAITS = "what is queued waits here"


def classify_refusal(error: errors.ProviderError) -> SendRecord:
    """Return the result of a message refused with this error."""
    result = classify_result(SendRefused(error), 1, RNG)
    assert isinstance(result, SendRecord)
    return result


def test_an_accepted_message_keeps_all_details_of_the_provider() -> None:
    taken = SendAccepted("abc", Status.SCHEDULED, "queued", parts=2, price="0.04 EUR", raw="{}")
    assert classify_result(taken, 1, RNG) == SendRecord(
        Status.SCHEDULED, "abc", "queued", parts=2, price="0.04 EUR", raw="{}"
    )


@pytest.mark.parametrize("kind", [errors.NotPossible, errors.NotFound, errors.MessageInvalid])
def test_a_permanent_refusal_is_rejected_with_the_reason(
    kind: type[errors.ProviderError],
) -> None:
    result = classify_refusal(kind("No such sender", code="13", detail="sender?"))
    assert (result.status, result.reason, result.code) == (Status.REJECTED, "No such sender", "13")


def test_a_rejection_names_the_wrong_field() -> None:
    error = errors.MessageInvalid("Too long", field="text")
    assert classify_refusal(error).reason == "Too long (text)"


def test_an_opt_out_at_the_provider_is_recorded() -> None:
    result = classify_refusal(errors.RecipientOptedOut("The customer has opted out"))
    assert (result.status, result.opted_out) == (Status.REJECTED, True)


@pytest.mark.parametrize("kind", [errors.Uncertain, errors.UnreadableAnswer])
def test_a_lost_or_unreadable_response_leaves_the_message_uncertain(
    kind: type[errors.ProviderError],
) -> None:
    result = classify_refusal(kind("timed out"))
    assert result.status is Status.UNCERTAIN
    assert "may or may not have been sent" in result.reason


@pytest.mark.parametrize(
    "error",
    [
        errors.CredentialsRefused("no"),
        errors.OutOfCredit("no"),
        errors.AccountBlocked("no"),
        errors.AddressWrong("no"),
        errors.RateLimited("no"),
        errors.Unavailable("no"),
    ],
)
def test_an_account_error_requeues_the_message(
    error: errors.ProviderError,
) -> None:
    result = classify_result(SendRefused(error), 1, RNG)
    assert isinstance(result, Requeue)
    assert result.reason == "no"


def test_a_wrong_address_refers_to_the_settings() -> None:
    line = describe_failure(errors.AddressWrong("No API there"), 1, RNG).line
    assert line == "No API there: correct the account's base_url in the settings; " + WAITS
    assert describe_failure(errors.AccountBlocked("no"), 1, RNG).line.endswith("allow it; " + WAITS)


def test_the_pause_of_the_provider_is_used() -> None:
    result = classify_result(SendRefused(errors.RateLimited("slowly", retry_after=90.0)), 1, RNG)
    assert isinstance(result, Requeue)
    assert 90.0 <= result.pause < 91.0


def test_unstorable_texts_are_repaired() -> None:
    result = classify_refusal(
        errors.MessageInvalid("bad \ud83d text\0", code="\ud83d", detail="\0")
    )
    assert result.reason == "bad � text�"
    assert result.code == "�"
