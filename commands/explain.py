"""`porchlight explain`: every question that was asked about an address, and which one answered."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from commands.home import find_client, read_happenings, read_rules
from commands.moments import parse_moment
from commands.rows import change_row, decision_row, step_row
from commands.used import as_if_used, read_used, refuse_strangers, used_option
from rules import engine
from rules.compile import Ruleset
from rules.decision import Explanation
from rules.depth import host_depth
from rules.depth_words import look_line
from rules.facts import Facts
from rules.hosts import Url, typed_url
from rules.identity import identify
from rules.passage_words import passage_line
from rules.policy import Language
from rules.request import ID_LENGTH, Reply, Request, Shape, request_id
from rules.wording import (
    change_line,
    moment_words,
    origin_words,
    reason_line,
    rewrite_line,
    step_line,
)

LANGUAGE = Language.ENGLISH
"""The command line speaks one language; the pages speak the family's."""


MANUAL = """\
\b
Exit status: 0 explained (allowed or blocked), 1 the rules are not right,
2 wrong use, such as a profile that does not exist.

\b
Examples:
  porchlight explain youtube.com --for younger
  porchlight explain https://roblox.com/ --for teen --at "fri 21:30"
  porchlight explain example.com/get --for teen --filename setup.exe
  porchlight explain youtube.com --for younger --used video=30m
  porchlight explain git.example.com:22 --for teen --shape raw
  porchlight explain example.com --for tablet --rules draft.yaml --json
  porchlight explain example.com --for 192.168.1.40
"""


@click.command(epilog=MANUAL, short_help="Say what happens to an address, and why.")
@click.argument("url")
@click.option(
    "--for",
    "who",
    required=True,
    metavar="PROFILE",
    help="A profile or a device, or an IP or MAC address.",
)
@click.option(
    "--at",
    metavar="TIME",
    help='"2026-11-24 20:30", "mon 20:30" (the next one) or "20:30" (today), by the rules\' clock.',
)
@used_option
@click.option("--mime", metavar="TYPE", help="As if the site answered with this: application/zip.")
@click.option("--filename", metavar="NAME", help="As if the site named its answer so: setup.exe.")
@click.option(
    "--shape",
    type=click.Choice([one.value for one in Shape]),
    help="As if it were seen to be DNS in a web request, or a tunnel of neither TLS nor HTTP.",
)
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A rule file, by default the home's family.yaml.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain(
    url: str,
    *,
    who: str,
    at: str | None,
    used: tuple[str, ...],
    mime: str | None,
    filename: str | None,
    shape: str | None,
    rules_file: Path | None,
    as_json: bool,
) -> None:
    """Explain what happens to URL, and why.

    Prints the questions in the order in which they are asked, marks the one whose
    answer stands, names file and line, says until when it holds and what would
    change it. It asks the same function as the proxy.
    """
    spent = read_used(used)
    ruleset = read_rules(rules_file)
    now = datetime.now(UTC)
    request = Request(
        id=request_id(secrets.token_bytes(ID_LENGTH)),
        url=_read_url(url),
        client=find_client(ruleset.policy, who),
        shape=None if shape is None else Shape(shape),
    )
    if mime is not None or filename is not None:
        request = request.answered(Reply(mime=mime, filenames=(filename,) if filename else ()))
    moment = now if at is None else _read_moment(at, ruleset, now)
    profile = identify(ruleset.roll, request.client).profile.key
    refuse_strangers(spent, ruleset, (profile,))
    happened = read_happenings(rules_file, now)
    facts = as_if_used(happened, spent, ruleset=ruleset, profile=profile, moment=moment)
    explanation = engine.explain(ruleset, request, facts, moment)
    depth = _how_deep(ruleset, who, request.url, facts, moment)
    if as_json:
        click.echo(as_object(explanation, ruleset, moment, depth))
    else:
        click.echo(as_text(explanation, ruleset, request.url, moment, depth))


def as_object(explanation: Explanation, ruleset: Ruleset, moment: datetime, depth: str) -> str:
    """The explanation as one line of JSON. `depth` says how deep the host is looked into."""
    words = dict(zip(explanation.changes, _change_lines(explanation, ruleset, moment), strict=True))
    return json.dumps(
        {
            "decision": decision_row(explanation.decision),
            "depth": depth,
            "steps": [
                step_row(step, step_line(step, language=LANGUAGE, catalog=ruleset.catalog))
                for step in explanation.steps
            ],
            "changes": [change_row(change, words[change]) for change in explanation.changes],
        },
        ensure_ascii=False,
    )


def as_text(
    explanation: Explanation, ruleset: Ruleset, url: Url, moment: datetime, depth: str
) -> str:
    """The explanation for people. `depth` says how deep the host is looked into."""
    decision, policy = explanation.decision, ruleset.policy
    local = moment.astimezone(ZoneInfo(policy.timezone))
    reason = reason_line(decision, language=LANGUAGE, catalog=ruleset.catalog)
    lines = [
        f"{url.text} for {policy.profiles[decision.profile].name}, {local:%a %d %b %Y %H:%M}",
        "",
        *(
            f"{'=>' if step.decides else '  '} {number}. "
            + step_line(step, language=LANGUAGE, catalog=ruleset.catalog)
            for number, step in enumerate(explanation.steps, start=1)
        ),
        "",
        f"{decision.action.value.upper()}: {reason} ({origin_words(decision, language=LANGUAGE)})",
    ]
    if decision.note:
        lines.append(f"Note: {decision.note}")
    changed = rewrite_line(decision.rewrite, language=LANGUAGE)
    if changed:
        lines.append(f"Changed: {changed}")
    if decision.until is not None:
        until = moment_words(decision.until, language=LANGUAGE, policy=policy, now=moment)
        lines.append(f"Until: {until}")
    lines.append(f"How deep: {depth}")
    changes = _change_lines(explanation, ruleset, moment)
    if changes:
        lines += ["What would change it:", *(f"  - {line}" for line in changes)]
    return "\n".join(lines)


def _how_deep(ruleset: Ruleset, who: str, url: Url, facts: Facts, moment: datetime) -> str:
    """How deep the host is looked into, and why; whose leave lets it pass, and until when."""
    found = host_depth(ruleset, who, url.host, facts, moment)
    leave = passage_line(
        found.decision,
        device=who,
        host=url.host,
        facts=facts,
        moment=moment,
        policy=ruleset.policy,
        language=LANGUAGE,
    )
    return leave or look_line(
        found.decision,
        found.wishes,
        scheme=url.scheme,
        language=LANGUAGE,
        catalog=ruleset.catalog,
    )


def _change_lines(explanation: Explanation, ruleset: Ruleset, moment: datetime) -> list[str]:
    return [
        change_line(
            change,
            language=LANGUAGE,
            policy=ruleset.policy,
            profile=explanation.decision.profile,
            now=moment,
        )
        for change in explanation.changes
    ]


def _read_url(text: str) -> Url:
    try:
        return typed_url(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _read_moment(text: str, ruleset: Ruleset, now: datetime) -> datetime:
    try:
        return parse_moment(text, zone=ZoneInfo(ruleset.policy.timezone), now=now)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from error
