"""Implement `smsdesk statistics`: texts of the last days, and how fast customers were answered."""

import asyncio
import random
from argparse import Namespace
from dataclasses import asdict
from datetime import datetime, timedelta

from tui.cli import context
from tui.cli.errors import DONE
from tui.cli.show import write_json, write_line
from tui.clock import SECOND, SystemClock
from tui.desk.answer_report import format_answer_report, plot_answers_by_hour
from tui.domain.answer_targets import AnswerRecord, AnswerSummary, get_hour, summarize_answers
from tui.domain.json_fields import format_iso_time
from tui.domain.statistics import TrafficStatistics, find_median_wait
from tui.domain.text import format_span


def run(arguments: Namespace) -> int:
    """Print the statistics.

    Args:
        arguments: Parsed arguments with `config`, `days` and `json`.
    """
    with context.open_reader(arguments) as reader:
        if reader is None:
            return DONE
    return asyncio.run(_print_statistics(arguments))


async def _print_statistics(arguments: Namespace) -> int:
    """Read the figures of the last days and print them."""
    from tui.startup.wiring import open_store

    desk, clock = context.load_public_settings(arguments), SystemClock()
    now = clock.now()
    since = _find_day_start(now, arguments.days - 1)
    with context.convert_store_errors():
        async with open_store(desk, clock, random.Random()) as store:
            traffic = await store.statistics.get_statistics(since, now)
            answers = await store.answer_targets.list_answers(since, now + 1)
    if arguments.json:
        write_json(_to_json(traffic, answers))
        return DONE
    wait = find_median_wait(traffic.reply_times, since)
    write_line(
        f"{sum(traffic.received)} in, {sum(traffic.sent)} out, {len(traffic.opt_outs)} opted out, "
        f"first answer (median) {format_span(wait, units=2) if wait is not None else '-'}"
    )
    plot = plot_answers_by_hour(answers, None, ascii=bool(desk.ascii))
    for line in [*format_answer_report(answers), *([""] if plot else []), *plot]:
        write_line(line)
    return DONE


def _to_json(traffic: TrafficStatistics, answers: list[AnswerRecord]) -> dict[str, object]:
    """Return the figures as one object; times are in ms."""

    def summarize(found: list[AnswerSummary]) -> list[dict[str, object]]:
        """Return groups as objects."""
        return [asdict(one) for one in found]

    with_target = [answer for answer in answers if answer.due_at is not None]
    return {
        "since": format_iso_time(traffic.since),
        "received": sum(traffic.received),
        "sent": sum(traffic.sent),
        "opted_out": len(traffic.opt_outs),
        "accounts": [asdict(account) for account in traffic.accounts],
        "by_agent": summarize(summarize_answers(answers, lambda one: one.agent)),
        "by_view": summarize(summarize_answers(with_target, lambda one: one.view)),
        "by_hour": summarize(summarize_answers(answers, lambda one: get_hour(one, None))),
    }


def _find_day_start(now: int, days_ago: int) -> int:
    """Return when a day began in the time zone of the system, ms UTC."""
    day = datetime.fromtimestamp(now / SECOND).date() - timedelta(days=days_ago)
    return round(datetime(day.year, day.month, day.day).timestamp() * SECOND)
