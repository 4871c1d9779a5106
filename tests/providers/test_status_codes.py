"""Test that every documented code of a provider leads to advice, and to the right one."""

import pytest

from tui.domain.message import Advice
from tui.domain.status import Status
from tui.providers import errors
from tui.providers.messagemedia import status_codes as messagemedia
from tui.providers.messagemedia import status_codes as messagemedia_codes
from tui.providers.messageport import status_codes as messageport
from tui.providers.messageport import status_codes as messageport_codes
from tui.providers.messente import status_codes as messente
from tui.providers.messente import status_codes as messente_codes
from tui.providers.serwersms import refusals as serwersms
from tui.providers.serwersms import status_codes as serwersms_codes
from tui.providers.serwersms.refusals import make_refusal
from tui.providers.smartswitch import status_codes as smartswitch
from tui.providers.smartswitch import status_codes as smartswitch_codes

NO_STEP = (Advice.NONE, Advice.WAIT)


def is_failure(status: Status | None) -> bool:
    """Return whether a status word of a provider is a failure."""
    return status is not None and status.is_problem


@pytest.mark.parametrize("code", messagemedia_codes.CODE_MEANINGS)
def test_every_code_of_messagemedia_has_advice(code: str) -> None:
    assert code in messagemedia.ADVICE_BY_CODE
    ends_badly = int(code) >= 300
    assert (messagemedia.get_advice("", code) not in NO_STEP) is ends_badly


@pytest.mark.parametrize("word", messagemedia_codes.STATUS_MEANINGS)
def test_every_failure_of_messagemedia_has_a_step(word: str) -> None:
    status = messagemedia_codes.STATUS_MEANINGS[word].status
    assert (messagemedia.get_advice(word, "") not in NO_STEP) is is_failure(status)


@pytest.mark.parametrize("code", sorted(messagemedia_codes.OPT_OUT_CODES))
def test_an_opt_out_code_of_messagemedia_is_not_retried(code: str) -> None:
    assert messagemedia.get_advice("rejected", code) is Advice.STOP


@pytest.mark.parametrize("err", messente_codes.ERR_MEANINGS)
def test_every_err_of_messente_has_advice(err: int) -> None:
    seen = 10
    assert (messente.find_advice("FAILED", err) not in NO_STEP) is (err != seen)


@pytest.mark.parametrize("word", messente_codes.STATUSES)
def test_every_status_of_messente_has_advice(word: str) -> None:
    bad = is_failure(messente_codes.STATUSES[word])
    assert (messente.find_advice(word, None) not in NO_STEP) is bad
    assert messente.find_advice(word, None) is not Advice.NONE


@pytest.mark.parametrize("reason", serwersms_codes.REASON_MEANINGS)
def test_every_reason_of_serwersms_has_a_step(reason: str) -> None:
    assert serwersms.find_advice("undelivered", reason) not in NO_STEP


@pytest.mark.parametrize("word", serwersms_codes.STATUSES)
def test_every_failure_of_serwersms_has_a_step(word: str) -> None:
    bad = is_failure(serwersms_codes.STATUSES[word])
    assert (serwersms.find_advice(word, "") not in NO_STEP) is bad


@pytest.mark.parametrize(
    "code",
    [
        *serwersms_codes.CODE_MEANINGS,
        *(family * 100 + 1 for family in serwersms_codes.FAMILY_MEANINGS),
    ],
)
def test_every_code_of_serwersms_has_a_step(code: int) -> None:
    assert make_refusal(code).advice not in NO_STEP
    assert serwersms.find_advice("unsent", "", code) is make_refusal(code).advice


def test_the_error_codes_of_serwersms_have_the_right_advice() -> None:
    advice_by_code = {
        code: make_refusal(code).advice for code in (1001, 2001, 3002, 3102, 3106, 4601)
    }
    assert advice_by_code == {
        1001: Advice.SETTINGS,
        2001: Advice.FIX_NUMBER,
        3002: Advice.TOP_UP,
        3102: Advice.FIX_TEXT,
        3106: Advice.FIX_SENDER,
        4601: Advice.STOP,
    }


@pytest.mark.parametrize("state", smartswitch_codes.MESSAGE_STATES)
def test_every_state_of_smartswitch_has_advice(state: str) -> None:
    bad = is_failure(smartswitch_codes.MESSAGE_STATES[state])
    assert (smartswitch.STATE_ADVICE[state] not in NO_STEP) is bad


@pytest.mark.parametrize("word", messageport_codes.RECEIPT_STATUSES)
def test_every_receipt_of_messageport_has_advice(word: str) -> None:
    bad = is_failure(messageport_codes.RECEIPT_STATUSES[word])
    assert (messageport.RECEIPT_ADVICE[word] not in NO_STEP) is bad


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (errors.CredentialsRefused("no"), Advice.SETTINGS),
        (errors.OutOfCredit("no"), Advice.TOP_UP),
        (errors.AccountBlocked("no"), Advice.ASK_PROVIDER),
        (errors.MessageInvalid("no", field="to"), Advice.FIX_NUMBER),
        (errors.MessageInvalid("no", field="text"), Advice.FIX_TEXT),
        (errors.MessageInvalid("no", field="sender"), Advice.FIX_SENDER),
        (errors.MessageInvalid("no"), Advice.OTHER_ACCOUNT),
        (errors.RecipientOptedOut("no"), Advice.STOP),
        (errors.NotFound("no"), Advice.RETRY),
        (errors.NotPossible("no"), Advice.OTHER_ACCOUNT),
        (errors.RateLimited("no"), Advice.RETRY),
        (errors.Unavailable("no"), Advice.RETRY),
        (errors.UnreadableAnswer("no"), Advice.RESOLVE),
        (errors.Uncertain("no"), Advice.RESOLVE),
    ],
)
def test_every_kind_of_error_has_advice(error: errors.ProviderError, advice: Advice) -> None:
    assert error.advice is advice
