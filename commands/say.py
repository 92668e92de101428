"""`porchlight say`: the rules read back in whole sentences."""

import json
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from commands.home import find_client, find_language, read_rules
from rules.identity import identify
from rules.policy import Language
from rules.say import Passage
from rules.say import say as say_policy
from rules.voice import Statement, line_words

WIDEST = 100
"""Columns; longer lines are hard to read."""
MANUAL = """\
\b
Exit status: 0 read back, 1 the rules are not right, 2 wrong use, such as a
profile that does not exist.

\b
Examples:
  porchlight say
  porchlight say --who younger --language vi
  porchlight say draft.yaml --json
"""


@click.command(epilog=MANUAL, short_help="Read the rules back in whole sentences.")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--who", metavar="NAME", help="A profile or a device; by default all profiles.")
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    help="By default Vietnamese where LANG is, else English.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def say(file: Path | None, *, who: str | None, language: str | None, as_json: bool) -> None:
    """Read a rule FILE back in words, by default the home's family.yaml.

    First what holds for everyone, then each profile: which devices it has, when the internet
    is open, what opens and what is closed, what is written down. Behind each sentence stand
    the lines of the file that it comes from; where none stand, it holds without being written.
    """
    ruleset = read_rules(file)
    policy, spoken = ruleset.policy, find_language() if language is None else Language(language)
    profile = None
    if who is not None:
        profile = identify(ruleset.roll, find_client(policy, who)).profile.key
    passages = say_policy(policy, ruleset.catalog, language=spoken, profile=profile)
    if as_json:
        said = {
            "file": policy.file,
            "revision": policy.revision,
            "language": spoken.value,
            "passages": [passage_row(passage) for passage in passages],
        }
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        width = min(shutil.get_terminal_size().columns, WIDEST)
        click.echo("\n\n".join("\n".join(_lines(one, spoken, width)) for one in passages))


def passage_row(passage: Passage) -> dict[str, object]:
    """What `porchlight say --json` prints of everyone, or of one profile."""
    return {
        "profile": passage.profile,
        "title": passage.title,
        "sections": [
            {
                "title": section.title,
                "statements": [
                    {"text": one.text, "lines": list(one.lines)} for one in section.statements
                ],
            }
            for section in passage.sections
        ],
    }


def _lines(passage: Passage, language: Language, width: int) -> Iterator[str]:
    yield passage.title
    yield "=" * len(passage.title)
    for section in passage.sections:
        yield f"\n{section.title}"
        for statement in section.statements:
            yield textwrap.fill(
                _with_lines(statement, language),
                width,
                initial_indent="  - ",
                subsequent_indent="    ",
                break_long_words=False,
                break_on_hyphens=False,
            )


def _with_lines(statement: Statement, language: Language) -> str:
    where = line_words(statement.lines, language=language)
    return f"{statement.text} ({where})" if where else statement.text
