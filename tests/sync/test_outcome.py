"""What the answer to a send means for the message."""

import random

import pytest

from tui.domain.status import Status
from tui.providers import errors
from tui.providers.protocol import SendAccepted, SendRefused
from tui.store.settling import SendRecord
from tui.sync.account_health import describe_failure
from tui.sync.send_results import Requeue, classify_result

RNG = random.Random(1)
WAITS = "what is queued waits here"


def settled(error: errors.ProviderError) -> SendRecord:
    """The fate of a message refused so."""
    fate = classify_result(SendRefused(error), 1, RNG)
    assert isinstance(fate, SendRecord)
    return fate


def test_an_accepted_message_keeps_all_that_the_provider_said() -> None:
    taken = SendAccepted("abc", Status.SCHEDULED, "queued", parts=2, price="0.04 EUR", raw="{}")
    assert classify_result(taken, 1, RNG) == SendRecord(
        Status.SCHEDULED, "abc", "queued", parts=2, price="0.04 EUR", raw="{}"
    )


@pytest.mark.parametrize("kind", [errors.NotPossible, errors.NotFound, errors.MessageInvalid])
def test_what_the_provider_will_never_take_is_rejected_with_its_words(
    kind: type[errors.ProviderError],
) -> None:
    fate = settled(kind("No such sender", code="13", detail="sender?"))
    assert (fate.status, fate.reason, fate.code) == (Status.REJECTED, "No such sender", "13")


def test_a_rejection_names_the_field_that_is_wrong() -> None:
    error = errors.MessageInvalid("Too long", field="text")
    assert settled(error).reason == "Too long (text)"


def test_a_customer_who_is_out_at_the_provider_is_locked_here() -> None:
    fate = settled(errors.RecipientOptedOut("The customer has opted out"))
    assert (fate.status, fate.opted_out) == (Status.REJECTED, True)


@pytest.mark.parametrize("kind", [errors.Uncertain, errors.UnreadableAnswer])
def test_a_lost_or_strange_answer_leaves_the_message_uncertain(
    kind: type[errors.ProviderError],
) -> None:
    fate = settled(kind("timed out"))
    assert fate.status is Status.UNCERTAIN
    assert "may or may not have gone out" in fate.reason


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
def test_what_was_not_sent_because_of_the_account_waits_for_another_try(
    error: errors.ProviderError,
) -> None:
    fate = classify_result(SendRefused(error), 1, RNG)
    assert isinstance(fate, Requeue)
    assert fate.reason == "no"


def test_an_address_that_leads_elsewhere_is_for_the_settings_not_for_the_provider() -> None:
    line = describe_failure(errors.AddressWrong("No API there"), 1, RNG).line
    assert line == "No API there: correct the account's base_url in the settings; " + WAITS
    assert describe_failure(errors.AccountBlocked("no"), 1, RNG).line.endswith("allow it; " + WAITS)


def test_the_provider_says_when_to_try_again() -> None:
    fate = classify_result(SendRefused(errors.RateLimited("slowly", retry_after=90.0)), 1, RNG)
    assert isinstance(fate, Requeue)
    assert 90.0 <= fate.pause < 91.0


def test_words_that_cannot_be_stored_are_repaired() -> None:
    fate = settled(errors.MessageInvalid("bad \ud83d text\0", code="\ud83d", detail="\0"))
    assert fate.reason == "bad � text�"
    assert fate.code == "�"
