"""Test that the oracle finds what must not happen, and nothing else."""

import random
from dataclasses import replace

import pytest

from tests.robot.oracle import Oracle
from tests.robot.stored import StoredInbox, StoredMessage
from tests.robot.window import Sight
from tui.clock import MINUTE
from tui.sandbox.handset import Stage
from tui.sandbox.ledger import AcceptedMessage

ANA, BO = "+61491570110", "+61491570111"
NOW = 10 * MINUTE


@pytest.fixture
def oracle() -> Oracle:
    """Return an oracle at a fixed time."""
    return Oracle(random.Random(1), lambda: NOW)


def see_word(oracle: Oracle, party: str = ANA, *, note: bool = False) -> str:
    """Return a word that was seen in the composer of a customer."""
    word = oracle.make_word(party)
    oracle.record_seen(word, Sight((), party, f"{word}", True), note=note)
    return word


def store_message(word: str, party: str = ANA, **changes: object) -> StoredMessage:
    """Return a message that was queued and sent now."""
    message = StoredMessage(1, party, "out", "submitted", f" {word}", NOW, None, NOW, None)
    return replace(message, **changes)  # type: ignore[arg-type]


def accept_message(word: str, at: int = NOW, stage: Stage = Stage.DELIVERED) -> AcceptedMessage:
    """Return a message that the provider has accepted."""
    return AcceptedMessage("1", ANA, "", f" {word}", None, "", at, stage=stage)


def judge(
    oracle: Oracle, *messages: StoredMessage, sent: list[AcceptedMessage] | None = None
) -> list[str]:
    """Return the faults of an inbox that holds some messages."""
    return oracle.judge(StoredInbox([*messages], [], []), sent or [], {})


def test_a_text_to_who_was_shown_is_right(oracle: Oracle) -> None:
    word = see_word(oracle)
    assert judge(oracle, store_message(word), sent=[accept_message(word)]) == []


def test_a_text_to_another_customer_is_found(oracle: Oracle) -> None:
    word = see_word(oracle)
    assert judge(oracle, store_message(word, BO)) == [
        f"{word} was written to {ANA} and is with {BO}"
    ]


def test_a_note_that_is_sent_is_found(oracle: Oracle) -> None:
    word = see_word(oracle, note=True)
    assert judge(oracle, store_message(word)) == [f"{word} is a private note and was sent to {ANA}"]


def test_a_lost_word_is_found(oracle: Oracle) -> None:
    word = see_word(oracle)
    assert judge(oracle) == [f"{word} was written to {ANA} and is lost"]


def test_a_word_that_was_queued_or_sent_twice_is_found(oracle: Oracle) -> None:
    word = see_word(oracle)
    message, sent = store_message(word), accept_message(word)
    assert judge(oracle, message, message) == [f"{word} was queued 2 times"]
    assert judge(oracle, message, sent=[sent, sent]) == [
        f"{word} was sent 2 times, 1 of them wanted"
    ]


def test_a_text_that_was_taken_back_and_sent_is_found(oracle: Oracle) -> None:
    word = see_word(oracle)
    cancelled = store_message(word, status="cancelled")
    assert judge(oracle, cancelled, sent=[accept_message(word)]) == [
        f"{word} was sent 1 times, 0 of them wanted"
    ]


def test_a_text_before_its_time_is_found(oracle: Oracle) -> None:
    word = see_word(oracle)
    oracle.record_plan(word, NOW + MINUTE)
    planned = store_message(word, scheduled_at=NOW + 2 * MINUTE)
    kept = accept_message(word, stage=Stage.SCHEDULED)
    assert judge(oracle, planned, sent=[kept]) == []
    assert judge(oracle, planned, sent=[accept_message(word)]) == [
        f"{word} went out {2 * MINUTE} ms before its time"
    ]
    assert judge(oracle, store_message(word)) == [
        f"{word} was planned for {NOW + MINUTE} and is due {NOW}"
    ]


def test_keys_that_became_text_are_found(oracle: Oracle) -> None:
    word = see_word(oracle)
    assert judge(oracle, store_message(word, body=f"jk {word} Regards")) == [
        f"keys became text: ['jk'] in 'jk {word} Regards' to {ANA}"
    ]


def test_a_text_at_night_needs_a_question_about_its_customer(oracle: Oracle) -> None:
    oracle.is_quiet = True
    word = see_word(oracle)
    line = "It is 03:00 there · Enter again sends anyway"
    oracle.record_screen(Sight((line,), BO, word, True))
    assert judge(oracle, store_message(word)) == [
        f"' {word}' was sent at night at {NOW} without a question"
    ]
    oracle.record_screen(Sight((line,), ANA, word, True))
    assert judge(oracle, store_message(word)) == []


def test_a_retry_and_a_close_need_a_key_for_their_customer(oracle: Oracle) -> None:
    word = see_word(oracle)
    inbox = StoredInbox([store_message(word, retry_of=7)], [], [(ANA, NOW)])
    oracle.retries.record_key(BO)
    oracle.closings.record_key(BO)
    assert len(oracle.judge(inbox, [], {})) == 2
    oracle.retries.record_key(ANA)
    oracle.closings.record_key(ANA)
    assert oracle.judge(inbox, [], {}) == []
