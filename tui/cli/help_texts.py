"""Hold the texts of `--help`: the purpose of each command, with examples to copy."""

import textwrap

from tui.cli import canned_arguments, contacts_arguments
from tui.cli.help_entry import HelpText, format_examples, list_commands
from tui.cli.privacy_arguments import PRIVACY_HELP
from tui.cli.program_help import PROGRAM_TEXTS
from tui.cli.rules_arguments import RULES_ABOUT, RULES_EXAMPLES, RULES_NOTES, RULES_SUMMARY
from tui.cli.team_arguments import FILTER_NOTES, TEAM_HELP

_EXIT_CODES = """\
exit codes:
  0    done
  1    it ran, but failed
  2    wrong arguments or settings; nothing was done
  3    send --wait --timeout: the time was over before the result was known
  4    follow --since: events after this one are not kept any more
  70   an error of smsdesk itself; the details are in the log
  130  ended with Ctrl+C"""

_ENVIRONMENT = """\
environment (above the settings file; __ goes one level deeper):
  SMSDESK_CONFIG                    the settings file
  SMSDESK_SECRETS_DIR               directory of files named ACCOUNT__api_secret
  SMSDESK_DATABASE                  the inbox file
  SMSDESK_AGENT                     your name, as colleagues see it
  SMSDESK_ACCOUNTS__NAME__PROVIDER  {providers}
  SMSDESK_ACCOUNTS__NAME__API_KEY   and __API_SECRET, __BASE_URL, __SENDERS,
                                    __LOW_BALANCE, ...
  NO_COLOR                          no colours"""

_VALUE_INDENT, _VALUE_WIDTH = 36, 40
"""Column and width of the values in the table of variables."""

_SEND_CODES = """\
exit codes:
  0  delivered (without --wait: queued)
  1  failed, rejected, expired or cancelled
  2  wrong arguments or settings, --at in quiet hours, or the same text within a
     day without --again; nothing was queued
  3  --timeout was over before the result was known; the message stays"""

_SEARCH_FILTERS = """\
filters (beside words or alone; all of them have to hold):
  from:ana             part of the name or number of a customer who wrote it
  to:+6149             the same of a customer it was written to
  label:vip            of a conversation with this label
  account:support-au   through this account
  status:failed        or delivered, queued, expired, maybe (sent), ...
  after:2026-03-01     from this day on; also today and yesterday
  before:2026-03-08    before this day began
  on:2026-03-04        on this day
Put what has blanks into quotation marks, twice: 'from:"Ana K"'.\n\n"""

_IMPORT_NOTES = """\
files:
  vCard    2.1, 3.0 and 4.0, as telephones and address books export them
  CSV      with a heading in the words of the common programs, in many languages
           (Phone, Mobile, Name, First name, Last name, Organization, Note), or
           without one. Where the headings are not understood, name the columns.
  Numbers without a country code belong to the country in default_region.
  An old encoding is detected, and the result says which one was taken. If it is
  the wrong one, save the file as UTF-8."""

_COMPLETION_NOTES = """\
notes:
  Make the folder first if there is none, and start a new shell afterwards.
  zsh looks into ~/.zfunc only if ~/.zshrc has, in this order:
    fpath+=~/.zfunc
    autoload -Uz compinit && compinit"""

HELP_TEXTS = {
    "demo": HelpText(
        "try the inbox with made-up customers; nothing leaves this machine",
        "Open the inbox on a sandbox with made-up customers who write and answer by\n"
        "themselves. Nothing leaves this machine, and your own inbox is not touched.",
        format_examples(
            "smsdesk demo --keep /tmp/demo.db",
            "smsdesk demo --keep /tmp/big.db --threads 100000 --messages 1000000 --no-open",
        ),
    ),
    "sandbox": HelpText(
        "the provider emulator alone, for tests and development",
        "Emulate every provider on this machine. User and secret are sandbox and\n"
        "sandbox-secret everywhere, SerwerSMS's token is sandbox-token; how a handset\n"
        "behaves depends on its number (GET / lists them).",
        format_examples(
            "smsdesk sandbox",
            "smsdesk sandbox --port 0",
            "smsdesk sandbox --push-to http://127.0.0.1:8080",
        ),
    ),
    "sync": HelpText(
        "fetch and send without a screen, as a service",
        "Fetch replies and receipts and send what is queued, for all accounts, until\n"
        "stopped. Inboxes that are open meanwhile leave this work to the service.",
        format_examples(
            "smsdesk sync",
            "smsdesk sync --once",
            "smsdesk sync --listen 127.0.0.1:8080",
            "smsdesk sync --listen 127.0.0.1:8080 --print-unit > smsdesk.service",
        ),
    ),
    "send": HelpText(
        "send one message, or one text to many",
        "Queue one message. It goes out through an open inbox or `smsdesk sync`; with\n"
        "--wait this command sees to it and follows the message to its final state.\n"
        "To several numbers each gets one text, with its {fields} filled, at the pace of\n"
        "bulk_per_minute; --dry-run shows who gets what and who is left out.",
        format_examples(
            'smsdesk send --to +61491570156 --text "Your order is ready"',
            "fortune | smsdesk send --to +61491570156 --text - --account support-au --wait",
            'smsdesk send --to +61491570156 --text "See you at ten" --at 2026-03-04T08:00',
            'smsdesk send --to +61491570156 --text "Your code is 7 4 2" --format tts',
            "smsdesk send --to +61491570156 --text Now --valid-for 2h --metadata id=7",
            "smsdesk send --to +61491570156 --text Hello --wait --timeout 90",
            'smsdesk send --to-file late.txt --text "We are late, {first_name}" --dry-run',
        )
        + "\n\n"
        + _SEND_CODES,
    ),
    "bulk": HelpText(
        "texts to many: list, follow, pause, cancel",
        "List the texts that went to many conversations at once, show what became of\n"
        "each person, and pause, resume or cancel one that has not reached all yet.",
        format_examples("smsdesk bulk list", "smsdesk bulk show 3 --json", "smsdesk bulk pause 3"),
    ),
    "threads": HelpText(
        "list conversations",
        "List conversations, the latest first; those of a view in its own order.",
        FILTER_NOTES
        + "\n\n"
        + format_examples(
            "smsdesk threads",
            "smsdesk threads --limit 10 --json",
            "smsdesk threads --view vip",
            'smsdesk threads --filter "is:unread account:au"',
        ),
    ),
    "messages": HelpText(
        "show one conversation",
        "Show a conversation, or one message by the id that --json prints.",
        format_examples("smsdesk messages +61491570156", "smsdesk messages +61491570156 --json"),
    ),
    "search": HelpText(
        "search people and all messages",
        "Search all messages, newest first. Without filters also the names, numbers and\n"
        "fields of people. Accents and case do not matter; --json has only messages.",
        _SEARCH_FILTERS
        + format_examples(
            "smsdesk search order ready",
            "smsdesk search dziekuje --json",
            "smsdesk search from:ana after:2026-03-01 invoice",
            "smsdesk search status:failed account:support-au on:today",
        ),
    ),
    "held": HelpText(
        "what arrived and could not be used: list, take in, dismiss",
        "Whatever reaches an account and becomes neither a message nor a receipt is held,\n"
        "with the reason: a wrong signature, content that cannot be read. After the fix,\n"
        "retry takes it in as if it had just arrived; nothing comes in twice.",
        format_examples(
            "smsdesk held list",
            "smsdesk held show 12",
            "smsdesk held retry --account messente",
            "smsdesk held dismiss 12 13",
        ),
    ),
    **{
        name: HelpText(
            text.summary,
            text.about,
            "\n\n".join(filter(None, [format_examples(*text.examples), text.notes])),
        )
        for name, text in PROGRAM_TEXTS.items()
    },
    **{name: HelpText(*texts) for name, texts in TEAM_HELP.items()},
    "rules": HelpText(
        RULES_SUMMARY, RULES_ABOUT, f"{format_examples(*RULES_EXAMPLES)}\n\n{RULES_NOTES}"
    ),
    "canned": HelpText(
        "canned replies and macros: list, import, export",
        canned_arguments.ABOUT,
        format_examples(*canned_arguments.EXAMPLES),
    ),
    "export": HelpText(
        "write conversations as JSON lines or CSV",
        "Write one conversation or all of them, the oldest message first.",
        format_examples(
            "smsdesk export > all.jsonl",
            "smsdesk export --thread +61491570156 --format csv --output ana.csv",
        ),
    ),
    "contacts": HelpText(
        contacts_arguments.SUMMARY,
        contacts_arguments.ABOUT,
        format_examples(*contacts_arguments.EXAMPLES),
    ),
    "import": HelpText(
        "read contacts from a file, or move the inbox",
        "Read contacts into the inbox; existing ones are updated. Every number of a\n"
        "person gets the name; other columns become own fields. A row without a valid\n"
        "number is named by its line, and the others are imported.\n\n"
        "With --into: move a whole inbox to a PostgreSQL server, or back to a file, and\n"
        "compare both. No process may use it meanwhile. Where it goes must be new. After\n"
        "an interruption, the same command goes on. At the end the inbox is marked as\n"
        "moved, and nothing opens it any more where it was, unless --reopen allows it.",
        _IMPORT_NOTES
        + "\n\n"
        + format_examples(
            "smsdesk import contacts team.vcf",
            "smsdesk import contacts customers.csv --dry-run",
            "smsdesk import contacts list.csv --number-column Kontakt --name-column Kund",
            "smsdesk import contacts x.csv --number-column 3 --name-column 1",
            "smsdesk import inbox.db --into postgresql://inbox.example/desk",
            "smsdesk import postgresql://inbox.example/desk --into inbox.db",
            "smsdesk import inbox.db --reopen",
        ),
    ),
    "backup": HelpText(
        "copy the inbox while it is in use",
        "Write a complete copy of the inbox, also while others work in it.",
        format_examples("smsdesk backup /backup/inbox-monday.db"),
    ),
    "restore": HelpText(
        "put a backup in the place of the inbox",
        "Check a backup and put it in the place of the inbox. The inbox before is kept\n"
        "beside it under a name with the time. Refuse while processes use the inbox.",
        format_examples(
            "smsdesk restore /backup/inbox-monday.db",
            "smsdesk restore /backup/inbox-monday.db --yes",
        ),
    ),
    **{
        name: HelpText(summary, about, f"{format_examples(*examples)}\n\n{notes}")
        for name, (summary, about, examples, notes) in PRIVACY_HELP.items()
    },
    "doctor": HelpText(
        "check settings, accounts, connections, clock, database, terminal",
        "Check everything the desk depends on. Each finding comes with its fix. The\n"
        "addresses to enter at the providers are printed too: they hold the hook secrets.",
        format_examples(
            "smsdesk doctor",
            "smsdesk doctor --offline",
            "smsdesk doctor --selftest",
            "smsdesk doctor --notify",
        ),
    ),
    "help": HelpText(
        "read the documentation",
        "Show a page of the documentation or the options of a command. Without a topic,\n"
        "list all pages. On a terminal, long pages are shown by the program in PAGER.",
        format_examples(
            "smsdesk help",
            "smsdesk help keys",
            "smsdesk help send",
            "smsdesk help --man > smsdesk.1",
        ),
    ),
    "completion": HelpText(
        "complete commands and options with Tab in your shell",
        "Print a script that makes the shell complete commands, options, files, account\n"
        "names and help topics. The shell has to find smsdesk on its PATH.",
        format_examples(
            "smsdesk completion bash > ~/.local/share/bash-completion/completions/smsdesk",
            "smsdesk completion zsh > ~/.zfunc/_smsdesk",
            "smsdesk completion fish > ~/.config/fish/completions/smsdesk.fish",
        )
        + "\n\n"
        + _COMPLETION_NOTES,
    ),
}
"""Help text of each command, by the command's name."""


def build_top_level_help() -> HelpText:
    """Return the text of `smsdesk --help`."""
    about = (
        "The two-way SMS inbox for support staff who work in a terminal.\n"
        "Without a command it opens the inbox, or helps to set up the first account.\n\n"
        "smsdesk COMMAND --help explains one of these commands.\n\n"
        f"{list_commands(HELP_TEXTS)}"
    )
    examples = format_examples(
        "smsdesk demo                  look around, nothing leaves this machine",
        "smsdesk                       open your inbox",
        "smsdesk doctor                find out what is missing",
    )
    environment = _ENVIRONMENT.format(providers=_list_providers())
    return HelpText("", about, "\n\n".join([examples, _EXIT_CODES, environment]))


def _list_providers() -> str:
    """Return the providers' names, wrapped for their place in the table of variables."""
    from tui.providers.catalog import CATALOG

    *names, last = CATALOG
    lines = textwrap.wrap(f"{', '.join(names)} or {last}", width=_VALUE_WIDTH)
    return f"\n{' ' * _VALUE_INDENT}".join(lines)
