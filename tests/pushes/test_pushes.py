"""Test that every push ends as a message, a receipt, a held item or a counted refusal."""

from pathlib import Path

import pytest

from tests.pushes.cases import list_cases
from tests.pushes.runner import has_nginx, open_listener, push_cases, read_recipe, run_nginx


def test_every_push_ends_as_what_it_is() -> None:
    with open_listener(behind_nginx=False) as listener:
        results = list(push_cases(listener, list_cases()))
    assert len(results) >= 150
    assert [result for result in results if not result.is_right] == []


@pytest.mark.skipif(not has_nginx(), reason="nginx is not installed: apt-get install nginx")
def test_every_push_ends_the_same_behind_nginx_with_the_documented_recipe() -> None:
    cases = [case for case in list_cases() if not case.is_cut]
    with open_listener(behind_nginx=True) as listener:
        results = list(push_cases(listener, cases))
    assert [result for result in results if not result.is_right] == []


@pytest.mark.skipif(not has_nginx(), reason="nginx is not installed: apt-get install nginx")
def test_signatures_are_right_behind_a_proxy_that_speaks_http_1_0(tmp_path: Path) -> None:
    signed = [case for case in list_cases() if case.account in ("signed", "messente")]
    cases = [case for case in signed if not case.is_cut]
    recipe = read_recipe().replace("proxy_http_version 1.1;", "proxy_http_version 1.0;")
    with (
        open_listener(behind_nginx=False) as listener,
        run_nginx(tmp_path, listener, recipe) as proxy,
    ):
        results = list(push_cases(proxy, cases))
    assert [result for result in results if not result.is_right] == []
