"""Test that keys are ignored after a refused reply, on a clock that the test moves."""

from tui.desk.key_guard import PAUSE_SECONDS, KeyGuard


def test_keys_are_ignored_until_a_pause() -> None:
    guard = KeyGuard()
    guard.start("bo is writing here", 10.0)
    assert [guard.consume_key(key, 10.0 + n * 0.3) for n, key in enumerate("The parcel")] == [
        True
    ] * 10
    assert guard.notice == "Not typed (Esc: keys act again): bo is writing here"
    last = 10.0 + 9 * 0.3
    assert not guard.is_active(last + PAUSE_SECONDS)
    assert not guard.consume_key("T", last + PAUSE_SECONDS)


def test_esc_ends_the_guard_and_is_itself_ignored() -> None:
    guard = KeyGuard()
    guard.start("no", 0.0)
    assert guard.consume_key("escape", 0.1)
    assert not guard.consume_key("T", 0.1)


def test_without_a_refusal_every_key_acts() -> None:
    assert not KeyGuard().consume_key("e", 0.0)
