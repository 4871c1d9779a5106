"""Hold the texts of `--help` of the commands for programs: those that act, `follow` and `hooks`."""

from typing import NamedTuple


class ProgramText(NamedTuple):
    """Help text of one command, before its examples are laid out."""

    summary: str
    about: str
    examples: tuple[str, ...]
    notes: str = ""


_TARGETS = (
    "N is a number, a name or its beginning, or an id that --json prints. A name\n"
    "that fits several changes nothing and lists them. What is so already stays as\n"
    "it is, with exit code 0."
)

PROGRAM_TEXTS = {
    "close": ProgramText(
        "close conversations",
        f"Close conversations until the customer writes again.\n{_TARGETS}",
        ("smsdesk close +61491570156", "smsdesk threads --json | jq -r .id | smsdesk close -"),
    ),
    "reopen": ProgramText(
        "open closed or snoozed conversations again",
        f"Open closed or snoozed conversations again.\n{_TARGETS}",
        ("smsdesk reopen Ana", "smsdesk reopen +61491570156 Tom --json"),
    ),
    "assign": ProgramText(
        "assign conversations to an agent",
        f"Assign conversations to an agent.\n{_TARGETS}",
        ("smsdesk assign Ana mia", "smsdesk assign Ana Tom me", "smsdesk assign Ana none"),
    ),
    "label": ProgramText(
        "label conversations",
        f"Add a label to conversations, or remove it.\n{_TARGETS}",
        ("smsdesk label Ana billing", "smsdesk label Ana billing --remove"),
    ),
    "note": ProgramText(
        "write a note for colleagues",
        f"Write a note for colleagues; it is never sent.\n{_TARGETS}",
        (
            'smsdesk note Ana "Paid on Monday, @mia please call"',
            "crm-summary 4711 | smsdesk note Ana -",
        ),
    ),
    "snooze": ProgramText(
        "hide conversations until a time or a reply",
        f"Hide conversations until a time or until the customer writes.\n{_TARGETS}",
        (
            "smsdesk snooze Ana 2h",
            "smsdesk snooze Ana fri 9",
            'smsdesk snooze +61491570156 Tom "until reply"',
        ),
    ),
    "read": ProgramText(
        "mark conversations as read",
        f"Mark conversations as read, or as unread.\n{_TARGETS}",
        ("smsdesk read Ana", "smsdesk read Ana --unread"),
    ),
    "resolve": ProgramText(
        "say whether an uncertain message was sent",
        "Say whether a message that is maybe sent was sent. What the provider has\n"
        "reported meanwhile holds. `not-sent` counts it as failed; nothing is sent\n"
        "again.",
        (
            "smsdesk resolve 1772712000000123456 sent",
            "smsdesk search status:maybe --json | jq -r .id | smsdesk resolve - not-sent",
        ),
    ),
    "cancel": ProgramText(
        "cancel scheduled messages",
        "Cancel messages that wait for their time, here or at the provider. The text of\n"
        "one that waits here is a draft again.",
        ("smsdesk cancel 1772712000000123456", "smsdesk cancel 1772712000000123456 --json"),
    ),
    "follow": ProgramText(
        "print what happens, as it happens",
        "Print each event once and in order: replies, messages, their status, notes,\n"
        "and what is done to conversations. After an interruption, --since goes on\n"
        "behind the last id that was printed. `smsdesk help events` has the fields.",
        (
            "smsdesk follow",
            "smsdesk follow --json",
            "smsdesk follow --json --since 4711 --kind reply --kind status",
            "smsdesk follow --json --since 0 --once",
        ),
        "exit codes:\n"
        "  4    events after --since are not kept any more\n"
        "  130  ended with Ctrl+C\n"
        "  141  the reader of the output has gone",
    ),
    "hooks": ProgramText(
        "show hooks and webhooks, and what went wrong",
        "Show how far each hook and webhook of the settings is, and its last failures.",
        ("smsdesk hooks", 'smsdesk hooks retry "webhook crm"', 'smsdesk hooks skip "hook reply"'),
    ),
}
"""Help text of each command, by the command's name."""
