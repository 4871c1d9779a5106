"""Implement `smsdesk verify FILE`: find out whether evidence is as it was written."""

from argparse import Namespace

from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.evidence import read_key
from tui.cli.show import write_json, write_line
from tui.domain.hash_chain import BrokenChainError, UncheckedChainError, verify_chain
from tui.domain.text import format_count, one_line


def run(arguments: Namespace) -> int:
    """Check every line, and name the first one that is wrong.

    Args:
        arguments: Parsed arguments with `file`, `sign_key` and `json`.
    """
    key = read_key(arguments.sign_key)
    try:
        with arguments.file.open("rb") as file:
            chain = verify_chain(file, key)
    except OSError as error:
        raise CommandError(f"cannot read {arguments.file} ({error.strerror})", BAD_USE) from None
    except BrokenChainError as error:
        if arguments.json:
            write_json({"unchanged": False, "line": error.number, "problem": error.problem})
            return FAILED
        verdict = "not checked" if isinstance(error, UncheckedChainError) else "CHANGED"
        raise CommandError(f"{verdict}: {arguments.file}, {error}", FAILED) from None
    made_at = one_line(str(chain.header.get("made_at", "")), 40)
    if arguments.json:
        write_json(
            {
                "unchanged": True,
                "messages": chain.messages,
                "made_at": made_at,
                "inbox": chain.header.get("inbox"),
                "final_hash": chain.final_hash,
            }
        )
        return DONE
    count = format_count(chain.messages, "message")
    write_line(f"{count}, unchanged since {made_at}, final hash {chain.final_hash}")
    return DONE
