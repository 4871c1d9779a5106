"""Test `smsdesk sandbox`: it prints its address, serves, and stops on a signal."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def run_sandbox_command(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command and yield it with its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "sandbox", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stderr
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def test_its_page_has_what_a_settings_file_needs() -> None:
    with run_sandbox_command("--push-to", "http://127.0.0.1:9") as (_, url):
        with urllib.request.urlopen(f"{url}/", timeout=60) as answer:
            page = answer.read().decode()
        for line in (
            f"  {url}/messageport/rest/v1\n",
            f"  {url}/messente\n",
            "  http://127.0.0.1:9/hooks/serwersms/sandbox-hook\n",
            "inbound_secret of messente: sandbox-inbound\n",
        ):
            assert line in page
        assert "signature_key of messagemedia with the quirk signed: MIG" in page


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_url_serves_there_and_stops_on_a_signal(number: signal.Signals) -> None:
    with run_sandbox_command() as (process, url):
        with urllib.request.urlopen(f"{url}/_sandbox/state", timeout=60) as answer:
            assert "messagemedia" in json.load(answer)
        process.send_signal(number)
        assert process.wait(timeout=60) == 0
        assert process.stdout and process.stderr
        assert "sandbox / sandbox-secret" in process.stdout.read()
        assert process.stderr.read() == ""


def test_it_prints_the_push_address() -> None:
    with run_sandbox_command("--push-to", "http://127.0.0.1:9/") as (process, _):
        assert process.stdout
        assert "http://127.0.0.1:9/hooks/PROVIDER/sandbox-hook" in process.stdout.readline()


def test_a_port_in_use_is_one_error_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = subprocess.run(
            [sys.executable, "-m", "tui", "sandbox", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 2
    assert ran.stderr == (
        f"smsdesk: cannot listen on 127.0.0.1:{port} (Address already in use); "
        "choose another --port\n"
    )
