"""Test the self-test over real sockets: it arrives, or the failure is named with its fix."""

import asyncio
import contextlib
import random
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from tests.conftest import OpenStore
from tests.sync.doubles import ScriptedProvider
from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.doctor.checks import CheckResult, Verdict
from tui.doctor.selftest import _describe_error, run_selftest
from tui.sandbox.server import EmbeddedServer, run_server
from tui.settings.models import Settings
from tui.store.store import Store
from tui.sync.context import ServedAccount
from tui.sync.listener import create_listener
from tui.sync.listener_server import run_listener

SECRET = "q7Rk2mXw9ZtB4nLs"
POST = ["GET", "POST"]


def make_settings(url: str, *, secret: str = SECRET) -> Settings:
    """Return settings with one account that is only pushed to."""
    account = {
        "provider": "messageport",
        "api_key": "key",
        "api_secret": "secret",
        "hook_secret": secret,
    }
    return Settings({"accounts": {"mp": account}, "public_url": url})


async def run_test(store: Store, url: str, **changes: str) -> CheckResult:
    """Return the result of the self-test of an address."""
    (result,) = await run_selftest(
        make_settings(url, **changes), store.location, SystemClock(), random.Random(1)
    )
    assert SECRET not in result.line + result.fix
    return result


def make_listener(store: Store, secret: str = SECRET) -> ASGIApp:
    """Return a listener of the account."""
    return create_listener(store, [ServedAccount("mp", ScriptedProvider(), hook_secret=secret)])


def make_site(*routes: Route | Mount) -> Starlette:
    """Return a web site that is not ours."""
    return Starlette(routes=list(routes))


def make_answer(status: int, text: str = "", path: str = "/{rest:path}") -> Route:
    """Return a route that gives one answer to everything."""

    async def answer(request: Request) -> Response:
        return PlainTextResponse(text, status)

    return Route(path, answer, methods=POST)


async def test_a_self_test_arrives_at_the_listener_and_in_the_inbox(store: Store) -> None:
    async with run_listener(make_listener(store), "127.0.0.1", 0) as url:
        result = await run_test(store, url)
    assert (result.verdict, result.subject) == (Verdict.GOOD, "self-test mp")
    events = await store.database.read(
        lambda c: c.execute("select count(*) from events").fetchone()[0]
    )
    assert events == 0


async def test_an_address_below_a_path_works(store: Store) -> None:
    site = make_site(Mount("/sms/in", make_listener(store)), make_answer(200, "a shop"))
    async with run_server(site) as url:
        assert (await run_test(store, f"{url}/sms/in")).verdict is Verdict.GOOD
        assert (await run_test(store, f"{url}/sms")).verdict is Verdict.BAD


async def test_an_answer_of_another_inbox_is_recognised(
    store: Store, open_store: OpenStore, tmp_path: Path
) -> None:
    other = await open_store(tmp_path / "other.db", owner="other")
    async with run_listener(make_listener(other), "127.0.0.1", 0) as url:
        result = await run_test(store, url)
    assert result.verdict is Verdict.BAD
    assert "another file" in result.line and "database" in result.fix


@pytest.mark.parametrize(
    ("routes", "line", "fix"),
    [
        ([make_answer(502)], "reaches no listener (HTTP 502)", "smsdesk sync --listen"),
        ([make_answer(504)], "reaches no listener (HTTP 504)", "smsdesk sync --listen"),
        ([make_answer(404)], "nothing answers at /hooks/", "let the proxy pass /hooks/"),
        ([make_answer(200, "ok")], "something else than smsdesk", "let the proxy pass"),
        ([make_answer(200, "smsdesk received 1 2")], "something else than smsdesk", "proxy"),
        ([make_answer(401)], "demands a login", "exempt /hooks/"),
        ([make_answer(403, "Forbidden")], "demands a login or blocks", "exempt /hooks/"),
        ([make_answer(405)], "refuses the request (HTTP 405)", "let the proxy pass"),
        ([make_answer(500)], "fails (HTTP 500)", "look into the log"),
        (
            [make_answer(200, "ok", "/healthz"), make_answer(404)],
            "no such account or another hook_secret",
            "restart smsdesk sync",
        ),
    ],
)
async def test_every_wrong_answer_is_named_with_its_fix(
    store: Store, routes: list[Route], line: str, fix: str
) -> None:
    async with run_server(make_site(*routes)) as url:
        result = await run_test(store, url)
    assert result.verdict is Verdict.BAD
    assert line in result.line
    assert fix in result.fix


async def test_a_redirect_names_the_right_address(store: Store) -> None:
    async def redirect(request: Request) -> Response:
        return RedirectResponse(f"https://www.example.com{request.url.path}", 301)

    async with run_server(make_site(Route("/{rest:path}", redirect, methods=POST))) as url:
        result = await run_test(store, url)
    assert "redirects to https://www.example.com (HTTP 301)" in result.line
    assert "set public_url to https://www.example.com" in result.fix


async def test_another_secret_at_the_listener_is_recognised(store: Store) -> None:
    async with run_listener(make_listener(store, "another-secret"), "127.0.0.1", 0) as url:
        result = await run_test(store, url)
    assert "another hook_secret" in result.line


async def test_a_clock_that_differs_is_named(store: Store) -> None:
    class LateClock(SystemClock):
        """A clock that is an hour behind."""

        def now(self) -> int:
            """Return the time an hour ago."""
            return super().now() - 3_600_000

    async with run_listener(make_listener(store), "127.0.0.1", 0) as url:
        (result,) = await run_selftest(
            make_settings(url), store.location, LateClock(), random.Random(1)
        )
    assert "the clocks differ by 1h" in result.line and "compare the clocks" in result.fix


async def test_a_refused_connection_and_an_unknown_name_differ(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    refused = await run_test(store, f"http://127.0.0.1:{port}")
    assert "is refused" in refused.line and "start the proxy" in refused.fix
    unknown = await run_test(store, "https://no-such-host.invalid")
    assert "no-such-host.invalid is not known (DNS)" in unknown.line


async def test_a_server_without_tls_is_recognised(store: Store) -> None:
    async with run_server(make_site(make_answer(200))) as url:
        result = await run_test(store, url.replace("http://", "https://"))
    assert "no TLS connection to 127.0.0.1" in result.line


@contextlib.asynccontextmanager
async def run_tls_server(app: ASGIApp, folder: Path) -> AsyncIterator[str]:
    """Serve with a certificate that is signed by itself."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"),
            *("-keyout", str(key), "-out", str(certificate), "-days", "1"),
        ],
        check=True,
        capture_output=True,
    )
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        config = uvicorn.Config(
            app, ssl_certfile=certificate, ssl_keyfile=key, lifespan="off", log_config=None
        )
        server = EmbeddedServer(config)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        await wait_until(lambda: server.started)
        yield f"https://localhost:{port}"
        server.should_exit = True
        await task


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
async def test_a_certificate_that_is_not_valid_is_named(store: Store, tmp_path: Path) -> None:
    async with run_tls_server(make_listener(store), tmp_path) as url:
        result = await run_test(store, url)
    assert "the certificate of localhost is not valid" in result.line
    assert "renew it in the proxy" in result.fix


async def test_a_server_that_hangs_up_is_named(store: Store) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        result = await run_test(store, f"http://127.0.0.1:{port}")
    assert "was cut" in result.line and "http and https" in result.fix


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (httpx.ConnectTimeout("slow"), "times out"),
        (httpx.ReadTimeout("slow"), "does not answer in time"),
        (httpx.ConnectError("no route"), "no route"),
    ],
)
def test_errors_of_slow_and_absent_networks_are_named(error: httpx.HTTPError, line: str) -> None:
    found, fix = _describe_error(error, "https://sms.example.com")
    assert line in found and fix


def test_an_error_deep_below_a_group_is_found() -> None:
    error = httpx.ConnectError("failed")
    error.__cause__ = ExceptionGroup("several", [OSError("x"), ssl.SSLError(1, "WRONG_VERSION")])
    assert "no TLS connection" in _describe_error(error, "https://sms.example.com")[0]


async def test_missing_settings_are_named(store: Store) -> None:
    clock, rng = SystemClock(), random.Random(1)
    (no_url,) = await run_selftest(make_settings(""), store.location, clock, rng)
    assert "public_url is not set" in no_url.line
    account = {"provider": "messageport", "api_key": "key", "api_secret": "secret"}
    (no_secret,) = await run_selftest(
        Settings({"accounts": {"mp": account}}), store.location, clock, rng
    )
    assert "hook_secret is not set" in no_secret.line
    polled = Settings({"accounts": {"mm": {**account, "provider": "messagemedia"}}})
    (nothing,) = await run_selftest(polled, store.location, clock, rng)
    assert nothing.verdict is Verdict.GOOD


NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
CONFIGURATION = """
daemon off;
error_log stderr;
pid {folder}/nginx.pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port};
    location ~ ^/(hooks/|healthz$) {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_http_version 1.1;
      client_max_body_size 8m;
    }}
    location / {{ return 404; }}
    location /sms/ {{ proxy_pass http://127.0.0.1:{behind}/; }}
  }}
}}
"""


def find_free_port() -> int:
    """Return a port that nothing uses at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextlib.contextmanager
def run_nginx(folder: Path, behind: int) -> Iterator[str]:
    """Run nginx with the documented recipe in front of a port."""
    port = find_free_port()
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, port=port, behind=behind))
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(file), "-e", "stderr"])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


async def is_up(url: str) -> bool:
    """Return whether anything answers."""
    with contextlib.suppress(httpx.HTTPError):
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(f"{url}/healthz")
            return True
    return False


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
async def test_behind_a_real_proxy_it_arrives_or_finds_no_listener(
    store: Store, tmp_path: Path
) -> None:
    behind = find_free_port()
    with run_nginx(tmp_path, behind) as url:
        await wait_until(lambda: is_up(url))
        missing = await run_test(store, url)
        async with run_listener(make_listener(store), "127.0.0.1", behind):
            found = [await run_test(store, f"{url}{path}") for path in ("", "/sms", "/other")]
    assert "reaches no listener (HTTP 502)" in missing.line
    assert [one.verdict for one in found] == [Verdict.GOOD, Verdict.GOOD, Verdict.BAD]
    assert "let the proxy pass /hooks/" in found[2].fix
