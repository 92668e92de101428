"""`porchlight lists update`: asks for the lists that are on, now, and puts what came in force."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import click

from commands.home import find_language, find_policy, find_settings
from rules.policy import Language
from store.list_copies import Record
from store.list_progress import Progress, Step, read_progress
from store.list_updates import Updated, update
from store.list_words import STEPS, number, problem_words
from store.settings import prepare

MANUAL = """\
\b
Exit status: 0 all are up to date, 1 one of them failed and its last good copy
stays in force, 2 wrong use.

\b
Examples:
  porchlight lists update
  porchlight lists update hagezi-nsfw our-own
  porchlight lists update our-own --force
"""
TOLD_SECONDS = 2.0
"""Between two lines about one step."""
WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: {
        "none": "No list is on.",
        "busy": "Process {pid} works on the lists now; waiting for it.",
        "new": "{key}: new, entries: {entries}",
        "same": "{key}: what is in force is the newest",
        "failed": "{key}: {why}",
        "failed.stays": "{key}: {why}; the last good copy stays",
        "table": "A new table is in force, domains: {domains}",
        "percent": "{key} {step}: {percent} %",
        "bytes": "{key} {step}: {megabytes} MB",
        "step": "{key} {step}",
    },
    Language.VIETNAMESE: {
        "none": "Chưa bật danh sách nào.",
        "busy": "Tiến trình {pid} đang cập nhật danh sách; chờ nó xong.",
        "new": "{key}: bản mới, {entries} mục",
        "same": "{key}: bản đang dùng là bản mới nhất",
        "failed": "{key}: {why}",
        "failed.stays": "{key}: {why}; vẫn dùng bản tốt gần nhất",
        "table": "Bảng mới gồm {domains} tên miền đã có hiệu lực.",
        "percent": "{key} {step}: {percent} %",
        "bytes": "{key} {step}: {megabytes} MB",
        "step": "{key} {step}",
    },
}


@click.command("update", epilog=MANUAL, short_help="Fetch the lists that are on, now.")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option(
    "--force", is_flag=True, help="Take also a list that lost more than half of its entries."
)
def update_lists(keys: tuple[str, ...], *, force: bool) -> None:
    """Ask for the lists KEY that are on in family.yaml, or for all, and put what came in force.

    Works beside `porchlight up` and without it. A list that its server has not
    changed is not sent again. What is refused changes nothing.
    """
    settings, language = find_settings(), find_language()
    policy = find_policy(settings)
    if policy is None:
        raise click.ClickException(f"No rules are in force in {settings.home}, so no list is on.")
    for key in keys:
        if key not in policy.lists:
            there = ", ".join(policy.lists) or "-"
            raise click.UsageError(f"{key!r} is not on in {policy.file}; on are: {there}.")
    prepare(settings)
    if busy := read_progress(settings.lists_dir):
        click.echo(WORDS[language]["busy"].format(pid=busy.pid), err=True)
    try:
        done = update(
            policy.lists,
            settings,
            moment=datetime.now(UTC),
            only=keys or tuple(policy.lists),
            may_shrink=force,
            tell=_teller(language),
        )
    except OSError as error:
        raise click.ClickException(f"The lists cannot be kept: {error}.") from error
    for line in updated_lines(done, language):
        click.echo(line)
    has_failed = any(record.problem for record in done.records.values())
    click.get_current_context().exit(1 if has_failed else 0)


def updated_lines(done: Updated, language: Language) -> list[str]:
    """What an update came to, for people."""
    words = WORDS[language]
    lines = [
        _line(key, record, key in done.renewed, language) for key, record in done.records.items()
    ]
    if done.domains is not None:
        lines.append(words["table"].format(domains=number(done.domains, language)))
    return lines or [words["none"]]


def progress_line(progress: Progress, language: Language) -> str:
    """How far it is, for people."""
    done, total = progress.done_bytes, progress.total_bytes
    key = "step" if not done else "percent" if total else "bytes"
    return WORDS[language][key].format(
        key=progress.key,
        step=STEPS[language][progress.step],
        percent=100 * done // total if total else 0,
        megabytes=f"{done / 1_000_000:.1f}",
    )


def _line(key: str, record: Record, is_new: bool, language: Language) -> str:  # noqa: FBT001
    words = WORDS[language]
    if record.problem is not None:
        why = problem_words(record.problem, language)
        return words["failed.stays" if record.copy else "failed"].format(key=key, why=why)
    if is_new and record.copy is not None:
        return words["new"].format(key=key, entries=number(record.copy.entries, language))
    return words["same"].format(key=key)


def _teller(language: Language) -> Callable[[Progress], None]:
    last: tuple[str, Step] | None = None
    told = 0.0

    def tell(progress: Progress) -> None:
        nonlocal last, told
        now, this = time.monotonic(), (progress.key, progress.step)
        if this != last or now - told >= TOLD_SECONDS:
            last, told = this, now
            click.echo(progress_line(progress, language), err=True)

    return tell
