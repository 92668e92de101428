"""`porchlight depth`: what is opened, for whom, which entry asks for it, and what is never opened."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from commands.home import known_name, read_happenings, read_rules
from rules.catalog import Catalog
from rules.compile import Ruleset
from rules.depth import Cause, Depth, HostDepth, Wish, depth_for, depths, host_depth
from rules.depth_words import cause_words, look_line, seal_words
from rules.hosts import normal_host
from rules.policy import Language
from rules.seal import HELP

LANGUAGE = Language.ENGLISH
"""The command line speaks one language; the pages speak the family's."""
MOST_HOSTS_SHOWN = 4
MANUAL = """\
\b
Exit status: 0 told, 1 the rules are not right, 2 wrong use, such as a
profile that does not exist.

\b
Examples:
  porchlight depth
  porchlight depth --for younger
  porchlight depth --for tablet vietcombank.com.vn youtube.com
  porchlight depth --json | jq '.profiles[].wishes[]'
"""


@click.command(epilog=MANUAL, short_help="Say what is decrypted, and which rule asks for it.")
@click.argument("hosts", nargs=-1, metavar="[HOST...]")
@click.option(
    "--for", "who", metavar="NAME", help="A profile or a device; by default all profiles."
)
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A rule file, by default the home's family.yaml.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def depth(
    hosts: tuple[str, ...], *, who: str | None, rules_file: Path | None, as_json: bool
) -> None:
    """Say what is opened (decrypted), for whom, and which entry asks for it.

    What no entry needs to see goes through untouched, decided by its name. With HOSTs it
    says of each how deep it is looked into now. It asks the same function as the proxy.
    """
    ruleset, now = read_rules(rules_file), datetime.now(UTC)
    if hosts:
        names = [_read_host(host) for host in hosts]
        facts = read_happenings(rules_file, now)
        people = (known_name(ruleset.policy, who),) if who else tuple(ruleset.policy.profiles)
        found = [
            (one, host_depth(ruleset, one, name, facts, now)) for one in people for name in names
        ]
        rows = [host_row(whose, one, ruleset) for whose, one in found]
        lines = (_host_line(whose, one, ruleset) for whose, one in found)
        click.echo(json.dumps(rows, ensure_ascii=False) if as_json else "\n".join(lines))
        return
    told = (
        (depth_for(ruleset, known_name(ruleset.policy, who), now),) if who else depths(ruleset, now)
    )
    if as_json:
        whole = {
            "file": ruleset.policy.file,
            "revision": ruleset.revision,
            "profiles": [depth_row(one) for one in told],
            "never_opened": kind_rows(ruleset.catalog),
        }
        click.echo(json.dumps(whole, ensure_ascii=False))
    else:
        click.echo("\n".join((*_lines(told, ruleset), "", *_never(ruleset.catalog))))


def depth_row(depth: Depth) -> dict[str, object]:
    """One profile, or one device with lines of its own."""
    return {
        "profile": depth.profile.key,
        "device": depth.device,
        "everywhere": depth.is_everywhere,
        "sealed": depth.is_sealed,
        "wishes": [wish_row(wish) for wish in depth.wishes],
    }


def wish_row(wish: Wish) -> dict[str, object]:
    """One entry that wants to see more than a name."""
    return {
        "entry": wish.entry,
        "line": wish.line,
        "cause": wish.cause.value,
        "everywhere": wish.is_everywhere,
        "hosts": list(wish.opened),
        "silent": [{"host": host, "seal": seal} for host, seal in wish.sealed],
    }


def host_row(who: str, found: HostDepth, ruleset: Ruleset) -> dict[str, object]:
    """One host, for one profile or device."""
    return {
        "for": who,
        "host": found.host,
        "action": found.decision.action.value,
        "opened": found.is_opened,
        "look": found.decision.look.name.lower(),
        "seal": found.decision.seal,
        "wishes": [wish_row(wish) for wish in found.wishes],
        "words": _words(found, ruleset),
    }


def kind_rows(catalog: Catalog) -> list[dict[str, object]]:
    """What is never opened for anybody, by kind."""
    return [
        {"kind": kind, "title": title, "hosts": hosts} for kind, title, hosts in _kinds(catalog)
    ]


def _kinds(catalog: Catalog) -> Iterator[tuple[str, str, list[str]]]:
    help_ = seal_words(HELP, language=LANGUAGE, catalog=catalog)
    yield HELP, help_, sorted(catalog.help_sites)
    for key, kind in catalog.seals.items():
        hosts = sorted(host for host, one in catalog.never_opened.items() if one == key)
        yield key, kind.title[LANGUAGE.value], hosts


def _lines(told: tuple[Depth, ...], ruleset: Ruleset) -> Iterator[str]:
    for number, one in enumerate(told):
        if number:
            yield ""
        name = one.profile.name
        yield name if one.device is None else f"{name}, on {one.device}"
        if one.is_sealed:
            yield "  Nothing is opened: decrypt: never."
            continue
        yield "  Every site is opened:" if one.is_everywhere else "  Opened:"
        wishes = [wish for wish in one.wishes if wish.is_everywhere or wish.opened]
        for wish in sorted(wishes, key=lambda wish: not wish.is_everywhere):
            yield f"    {_where(wish)}: {_asks(wish, ruleset)}"
        if not wishes:
            yield "    nothing. Every answer comes from a site's name."
        for wish in one.wishes:
            if wish.sealed:
                yield f"  Silent: {_asks(wish, ruleset)}, and never opened there:"
                yield from (f"    {line}" for line in _sealed(wish, ruleset.catalog))


def _sealed(wish: Wish, catalog: Catalog) -> Iterator[str]:
    by_seal: dict[str, list[str]] = {}
    for host, seal in wish.sealed:
        by_seal.setdefault(seal, []).append(host)
    for seal, hosts in by_seal.items():
        yield f"{', '.join(hosts)}: {seal_words(seal, language=LANGUAGE, catalog=catalog)}"


def _where(wish: Wish) -> str:
    if wish.is_everywhere:
        return "everywhere"
    if wish.cause is Cause.SEARCH:
        return f"{len(wish.opened)} sites with a search of their own"
    if wish.cause is Cause.INSIDE:
        return f"{len(wish.opened)} sites that show other sites"
    shown = ", ".join(wish.opened[:MOST_HOSTS_SHOWN])
    more = len(wish.opened) - MOST_HOSTS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _asks(wish: Wish, ruleset: Ruleset) -> str:
    where = "" if wish.line is None else f" ({ruleset.policy.file}:{wish.line})"
    return f"{wish.entry}{where} wants to see {cause_words(wish, language=LANGUAGE)}"


def _never(catalog: Catalog) -> Iterator[str]:
    yield "Never opened for anybody, with all below them:"
    for kind, title, hosts in _kinds(catalog):
        yield f"  {title}: {len(hosts)} sites ({kind})"


def _host_line(who: str, found: HostDepth, ruleset: Ruleset) -> str:
    return f"{found.host} for {who}: {_words(found, ruleset)}"


def _words(found: HostDepth, ruleset: Ruleset) -> str:
    return look_line(
        found.decision,
        found.wishes,
        scheme="https",
        language=LANGUAGE,
        catalog=ruleset.catalog,
    )


def _read_host(text: str) -> str:
    try:
        return normal_host(text)
    except ValueError as error:
        raise click.UsageError(f"{text!r} is no host; write a name such as example.com.") from error
