"""Implement `smsdesk help`: the pages of `tui/docs` as text, one screen after the other."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from tui.cli.arguments import COMMANDS
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.markdown import render_markdown
from tui.cli.parse_arguments import build_parser, suggest_name
from tui.cli.show import get_terminal_width

_MAX_WIDTH = 100
"""Cells of a line at most: longer lines are hard to read."""
_WIDTH_WITHOUT_TERMINAL = 80
_MANUAL = "smsdesk.1"
_PAGERS = (["less", "-R"], ["more"])
"""Programs to use in this order when PAGER is not set."""
_LESS_OPTIONS = "FRX"
"""End on a short text, keep bold, leave the text on the screen; the choice of git as well."""
_SENTENCE = re.compile(r"(.*?[.!?])(?:\s|$)", re.DOTALL)
_LINK = re.compile(r"\]\(([\w-]+)\.md[#)]")


def run(arguments: Namespace) -> int:
    """Show a page, the options of a command, or the list of topics.

    Args:
        arguments: Parsed arguments with `topic` and `man`.

    Raises:
        CommandError: If there is no such topic.
    """
    if arguments.man:
        sys.stdout.write((_find_docs() / _MANUAL).read_text(encoding="utf-8"))
    elif arguments.topic in COMMANDS:
        sys.stdout.write(build_parser(arguments.topic).format_help())
    elif arguments.topic is None:
        show_text(_render(_format_topics()), os.environ)
    else:
        show_text(_render(_read_page(arguments.topic)), os.environ)
    return DONE


def list_topics() -> list[str]:
    """Return the names of the pages and of the commands."""
    return [*_list_pages(), *COMMANDS]


def _find_docs() -> Traversable:
    """Return the directory of the documentation in the installed package."""
    return files("tui") / "docs"


def _list_pages() -> list[str]:
    """Return the names of the pages in alphabetical order."""
    names = (entry.name for entry in _find_docs().iterdir())
    return sorted(name.removesuffix(".md") for name in names if name.endswith(".md"))


def _read_page(topic: str) -> str:
    """Return the Markdown of a page, with the pages it links to named at its end."""
    pages = _list_pages()
    name = topic.lower().removesuffix(".md")
    if name not in pages:
        suggestion = suggest_name(name, list_topics())
        raise CommandError(f'there is no topic "{topic}"{suggestion}; see smsdesk help', BAD_USE)
    text = (_find_docs() / f"{name}.md").read_text(encoding="utf-8")
    linked = sorted({target for target in _LINK.findall(text) if target in pages} - {name})
    see_also = ", ".join(f"`smsdesk help {target}`" for target in linked)
    return f"{text}\n\nSee also: {see_also}\n" if linked else text


def _format_topics() -> str:
    """Return the list of pages, each with its first sentence, in Markdown."""
    rows = [f"| `{name}` | {_find_first_sentence(_read_page(name))} |" for name in _list_pages()]
    table = "\n".join(["| topic | about |", "| --- | --- |", *rows])
    commands = ", ".join(f"`{name}`" for name in COMMANDS)
    return (
        f"# Documentation\n\n`smsdesk help TOPIC` shows a page:\n\n{table}\n\n"
        f"`smsdesk help COMMAND` shows the options of a command: {commands}.\n\n"
        "In the inbox, `?` shows all keys.\n"
    )


def _find_first_sentence(page: str) -> str:
    """Return the first sentence below the title of a page."""
    _, _, body = page.partition("\n\n")
    found = _SENTENCE.match(body)
    return " ".join((found[1] if found else body).split())


def _render(markdown: str) -> str:
    """Return Markdown as text for the terminal, or for a file."""
    width = get_terminal_width() if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL
    styled = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return render_markdown(markdown, min(width, _MAX_WIDTH), styled=styled)


def show_text(text: str, environ: Mapping[str, str]) -> None:
    """Show a text with the pager; print it if there is no terminal or no pager.

    Args:
        text: Text that ends with a line break.
        environ: Environment variables; PAGER names the program, empty or "cat" for none.
    """
    pager = _find_pager(environ) if sys.stdout.isatty() else None
    if pager is None or not _run_pager(pager, text, environ):
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def _find_pager(environ: Mapping[str, str]) -> list[str] | None:
    """Return the command of the pager, or None if the text should just be printed."""
    chosen = environ.get("PAGER")
    if chosen is None:
        return next((command for command in _PAGERS if shutil.which(command[0])), None)
    try:
        command = shlex.split(chosen)
    except ValueError:  # a quotation mark without its second
        return None
    return command if command and command != ["cat"] and shutil.which(command[0]) else None


def _run_pager(command: list[str], text: str, environ: Mapping[str, str]) -> bool:
    """Show the text and return whether the pager could be started."""
    options = {"LESS": _LESS_OPTIONS, **environ}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=options)
    except OSError:
        return False
    content = text.encode(sys.stdout.encoding or "ascii", "replace")
    while True:
        try:
            # A pager that is left early is not an error: communicate() ignores the closed pipe.
            pager.communicate(content)
            return True
        except KeyboardInterrupt:
            # Ctrl+C belongs to the pager, which stops a search with it and goes on.
            content = b""
