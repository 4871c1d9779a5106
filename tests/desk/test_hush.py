"""Keys after a refusal, in seconds of a clock that the test moves."""

from tui.desk.key_guard import PAUSE_SECONDS, KeyGuard


def test_keys_are_passed_over_until_a_pause() -> None:
    hush = KeyGuard()
    hush.start("bo is writing here", 10.0)
    assert [hush.consume_key(key, 10.0 + n * 0.3) for n, key in enumerate("The parcel")] == [
        True
    ] * 10
    assert hush.notice == "Not typed, keys act again after a pause: bo is writing here"
    last = 10.0 + 9 * 0.3
    assert not hush.is_active(last + PAUSE_SECONDS)
    assert not hush.consume_key("T", last + PAUSE_SECONDS)


def test_esc_ends_it_and_is_itself_passed_over() -> None:
    hush = KeyGuard()
    hush.start("no", 0.0)
    assert hush.consume_key("escape", 0.1)
    assert not hush.consume_key("T", 0.1)


def test_without_a_refusal_every_key_acts() -> None:
    assert not KeyGuard().consume_key("e", 0.0)
