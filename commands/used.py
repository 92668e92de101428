"""`--used`: as if that much of a budget were used up, for commands that ask the engine."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import click

from commands.moments import parse_span
from rules.compile import Ruleset
from rules.facts import Facts, Usage

type Used = Mapping[str, timedelta]
"""By what the budget counts."""


def used_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with `--used`, which may stand several times."""
    return click.option(
        "--used",
        multiple=True,
        metavar="NAME=TIME",
        help="As if that much of a budget were used up on that day: video=30m.",
    )(command)


def read_used(texts: tuple[str, ...]) -> dict[str, timedelta]:
    """The times by name; where a name stands twice, the last.

    Raises:
        click.BadParameter: one is not written `video=1h30m`.
    """
    return dict(map(_read, texts))


def refuse_strangers(used: Used, ruleset: Ruleset, profiles: tuple[str, ...]) -> None:
    """Nothing, if each name is a budget of one of the profiles.

    Raises:
        click.BadParameter: one is not.
    """
    known = {one.budget.key for key in profiles for one in ruleset.budgets.get(key, ())}
    for name in used:
        if name not in known:
            there_are = f"there are: {', '.join(sorted(known))}" if known else "there is none"
            message = f"{ruleset.policy.file} has no budget for {name!r} here; {there_are}."
            raise click.BadParameter(message, param_hint="--used")


def as_if_used(
    facts: Facts, used: Used, *, ruleset: Ruleset, profile: str, moment: datetime
) -> Facts:
    """The facts, with these times used up on the day to which the moment belongs."""
    usage = {
        (profile, ration.budget.key): Usage(
            profile=profile,
            budget=ration.budget.key,
            day=ration.day_at(moment),
            spent=used[ration.budget.key],
        )
        for ration in ruleset.budgets.get(profile, ())
        if ration.budget.key in used
    }
    return replace(facts, usage={**facts.usage, **usage})


def _read(text: str) -> tuple[str, timedelta]:
    name, _, span = text.partition("=")
    if not name or not span:
        raise click.BadParameter(f"{text!r}: write video=30m", param_hint="--used")
    try:
        return name, parse_span(span)
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: {error}", param_hint="--used") from error
