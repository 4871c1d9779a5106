"""Test that the number determines the behaviour of a handset."""

import random

import pytest

from tui.sandbox.handset import (
    BY_LAST_DIGITS,
    FRIENDLY_ANSWERS,
    Behaviour,
    Handset,
    Stage,
    build_steps,
    extract_code,
    find_behaviour,
    is_stop_word,
    pick_friendly_answer,
)

NUMBERS_OF_THE_PROVIDERS_PAGES = (
    "+61491570156",
    "+61491570157",
    "+61491570158",
    "+61491570159",
    "+61491570110",
    "+37251234567",
    "+37251000000",
    "+37251990011",
    "+37259990011",
    "+48500600700",
    "+48664078059",
    "12025550143",
    "12025550144",
    "12123388100",
)


@pytest.mark.parametrize("number", NUMBERS_OF_THE_PROVIDERS_PAGES)
def test_numbers_of_the_documentation_always_deliver(number: str) -> None:
    assert find_behaviour(number) is Behaviour.DELIVER


@pytest.mark.parametrize(("digits", "behaviour"), BY_LAST_DIGITS.items())
def test_the_last_two_digits_decide_in_every_notation(digits: str, behaviour: Behaviour) -> None:
    assert find_behaviour(f"+614915701{digits}") is behaviour
    assert find_behaviour(f"61 491 570 1{digits[0]}-{digits[1]}") is behaviour


@pytest.mark.parametrize("behaviour", sorted(set(Behaviour) - {Behaviour.SLOW}))
def test_status_changes_are_in_order_and_end_within_seconds(behaviour: Behaviour) -> None:
    steps = build_steps(Handset(behaviour))
    times = [step.after for step in steps]
    assert times == sorted(times)
    assert times[-1] <= 4.0
    assert steps[-1].stage.is_final is (behaviour is not Behaviour.SILENT)
    assert not any(step.stage.is_final for step in steps[:-1])


def test_delivery_takes_less_than_two_seconds() -> None:
    last = build_steps(Handset(Behaviour.DELIVER))[-1]
    assert (last.stage, last.after < 1.7) == (Stage.DELIVERED, True)


def test_a_number_of_the_reserved_block_contains_its_code() -> None:
    assert extract_code("+61491579330", "+61491579") == 330
    assert extract_code("61491579005", "+61491579") == 5
    assert extract_code("+6149157933", "+61491579") is None
    assert extract_code("+61491570330", "+61491579") is None


@pytest.mark.parametrize("stage", [Stage.ENROUTE, Stage.SUBMITTED, Stage.FAILED, Stage.DELIVERED])
def test_a_code_is_reported_with_the_last_step(stage: Stage) -> None:
    steps = build_steps(Handset(Behaviour.CODE, 123), stage)
    assert (steps[-1].stage, steps[-1].code) == (stage, 123)
    assert all(step.code is None for step in steps[:-1])


def test_only_the_exact_stop_phrase_opts_out() -> None:
    assert is_stop_word(" Stop\n")
    assert not is_stop_word("please stop by tomorrow")


def test_replies_are_chosen_with_the_given_random_generator() -> None:
    assert pick_friendly_answer(random.Random(3)) == pick_friendly_answer(random.Random(3))
    assert pick_friendly_answer(random.Random(3)) in FRIENDLY_ANSWERS
