"""`porchlight decide`: JSON lines in, JSON lines out, by the same engine call as the proxy.

Law: one line in is one line out, in order, whatever stands on it.
"""

import json
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import click

from commands.home import client_at, known_names, read_happenings, read_rules
from commands.moments import parse_moment
from commands.rows import answer_row
from commands.used import Used, as_if_used, read_used, refuse_strangers, used_option
from rules import engine
from rules.compile import Ruleset
from rules.facts import Facts
from rules.hosts import Url, typed_url
from rules.identity import identify
from rules.request import ID_LENGTH, Client, Reply, Request, request_id

CHUNK_BYTES = 1 << 20
REMEMBERED = 50_000
"""Addresses and moments kept parsed; a log to replay names the same few again and again."""

type Answer = Callable[[bytes], str]


MANUAL = """\
\b
Exit status: 0 all lines answered, 1 the rules are not right, 2 wrong use.

\b
Examples:
  echo '{"url": "https://pornhub.com/", "who": "younger"}' | porchlight decide
  porchlight decide --rules draft.yaml <requests.jsonl >answers.jsonl
  porchlight decide --used video=30m <requests.jsonl
"""


@click.command(epilog=MANUAL, short_help="Answer requests, JSON lines in and out.")
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A rule file, by default the home's family.yaml.",
)
@used_option
def decide(rules_file: Path | None, used: tuple[str, ...]) -> None:
    """Answer requests from standard input, one JSON object a line.

    In: {"url": "https://example.com/", "who": "younger", "at": "2026-11-24 20:30",
    "method": "GET", "reply": {"mime": "application/zip", "filename": "a.zip"}}. `who`
    is a profile or a device, or an IP or MAC address; `at` (by default now; a moment
    without an offset is in the rules' time zone), `method` and `reply` (what the site
    answers; either of the two) may be left out.

    Out: {"action", "reason", "profile", "entry", "file", "line", "until", "look",
    "id"}, in the same order. A line that is no request gets {"error": "..."}, and
    the rest go on. Answers are written whenever the input pauses.

    Grants that parents gave count with the home's own rules, not with --rules.
    --used counts for every profile that has such a budget, on the day of each line.
    """
    spent = read_used(used)
    ruleset = read_rules(rules_file)
    refuse_strangers(spent, ruleset, tuple(ruleset.policy.profiles))
    facts = read_happenings(rules_file, datetime.now(UTC))
    out = sys.stdout.buffer
    for lines in read_lines(sys.stdin.buffer):
        answer = answerer(ruleset, facts, datetime.now(UTC), spent)
        out.write("".join(map(answer, lines)).encode())
        out.flush()


def read_lines(source: BinaryIO) -> Iterator[list[bytes]]:
    """Lines as they come: a pipe that pauses gives what it has, a file gives a chunk's worth."""
    rest = b""
    while chunk := source.read1(CHUNK_BYTES):  # type: ignore[attr-defined]  # BinaryIO forgot it
        *lines, rest = (rest + chunk).split(b"\n")
        yield lines
    if rest:
        yield [rest]


def answerer(ruleset: Ruleset, facts: Facts, now: datetime, used: Used) -> Answer:
    """What answers one line, with its line end."""
    zone = ZoneInfo(ruleset.policy.timezone)
    clients = {name: Client(name=name) for name in known_names(ruleset.policy)}

    @lru_cache(maxsize=REMEMBERED)
    def moment_of(text: str) -> datetime:
        return parse_moment(text, zone=zone, now=now)

    def happened(client: Client, moment: datetime) -> Facts:
        profile = identify(ruleset.roll, client).profile.key
        return as_if_used(facts, used, ruleset=ruleset, profile=profile, moment=moment)

    def answer(line: bytes) -> str:
        try:
            request, at = read_request(line, clients)
            moment = now if at is None else moment_of(at)
            known = happened(request.client, moment) if used else facts
            row = answer_row(engine.decide(ruleset, request, known, moment))
        except (ValueError, RecursionError) as error:
            return f"{json.dumps({'error': str(error)})}\n"
        return f"{json.dumps(row)}\n"

    return answer


def read_request(line: bytes, clients: Mapping[str, Client]) -> tuple[Request, str | None]:
    """The request on a line, and its moment as text, None for now.

    Raises:
        ValueError: the line is no request.
    """
    try:
        fields = json.loads(line.decode())
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  # the line is wrong, not our call
    url, who, at = _url(_text(fields, "url")), _text(fields, "who"), fields.get("at")
    client = clients.get(who) or client_at(who)
    if client is None:
        raise ValueError(f"who: there is no profile or device {who[:40]!r}")
    request = Request(
        id=request_id(secrets.token_bytes(ID_LENGTH)),
        url=url,
        client=client,
        method="GET" if fields.get("method") is None else _text(fields, "method"),
    )
    if fields.get("reply") is not None:
        request = request.answered(_reply(fields["reply"]))
    return request, None if at is None else _text(fields, "at")


def _reply(written: object) -> Reply:
    if not isinstance(written, dict):
        raise ValueError("reply: not an object")  # noqa: TRY004  # as above
    mime, filename = (
        None if written.get(key) is None else _text(written, key) for key in ("mime", "filename")
    )
    return Reply(mime=mime, filenames=() if filename is None else (filename,))


def _text(fields: dict[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key}: missing" if value is None else f"{key}: not a text")
    return value


@lru_cache(maxsize=REMEMBERED)
def _url(text: str) -> Url:
    return typed_url(text)
