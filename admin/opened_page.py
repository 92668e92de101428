"""What is opened (decrypted), for whom, which entry asks for it, and what is never opened."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from admin.find_page import no_host
from admin.house import Standing, house
from admin.rows import line_link
from admin.texts import gettext as _
from admin.texts import language
from rules.depth import Cause, Depth, Wish, depths, host_depth
from rules.depth_words import cause_words, look_line, seal_words
from rules.hosts import typed_url
from rules.seal import HELP
from store.facts import read_facts

_LONGEST_ADDRESS = 4096
_MOST_HOSTS_SHOWN = 6

pages = Blueprint("opened_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WishLine:
    """One entry that wants to see more than a name."""

    entry: str
    what: str
    where: str
    """The hosts that it opens; empty where it opens every site."""
    rule: str
    """`family.yaml:31`, empty if no line asks."""
    link: str
    silent: tuple[str, ...]
    """Where it can see nothing, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthCard:
    """One profile, or one device with lines of its own."""

    name: str
    device: str
    is_sealed: bool
    everywhere: tuple[WishLine, ...]
    somewhere: tuple[WishLine, ...]
    silent: tuple[WishLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Hosts that are never opened for one reason."""

    title: str
    hosts: tuple[str, ...]


@pages.get("/rules/opened")
def page() -> str:
    """Show how deep the rules in force look."""
    standing = house().standing()
    address = request.args.get("address", "").strip()[:_LONGEST_ADDRESS]
    who = request.args.get("profile", "")
    said, problem = _answer(standing, address, who) if address else ("", "")
    return render_template(
        "opened.html",
        cards=[_card(one, standing) for one in depths(standing.ruleset, house().clock())],
        kinds=list(_kinds()),
        profiles=standing.policy.profiles.values(),
        address=address,
        who=who,
        said=said,
        problem=problem,
    )


def _answer(standing: Standing, address: str, who: str) -> tuple[str, str]:
    """How deep one site is looked into, in words, or what is wrong with the question."""
    here = house()
    now = here.clock()
    if who not in standing.policy.profiles:
        return "", _("This profile is not in the rules any more.")
    try:
        url = typed_url(address)
    except ValueError:
        return "", no_host()
    found = host_depth(standing.ruleset, who, url.host, read_facts(here.engine, now), now)
    said = look_line(
        found.decision,
        found.wishes,
        scheme=url.scheme,
        language=language(),
        catalog=here.catalog,
    )
    return f"{url.host}: {said}", ""


def _card(depth: Depth, standing: Standing) -> DepthCard:
    lines = [(wish, _line(wish, standing.policy.file)) for wish in depth.wishes]
    return DepthCard(
        name=depth.profile.name,
        device=depth.device or "",
        is_sealed=depth.is_sealed,
        everywhere=tuple(line for wish, line in lines if wish.is_everywhere),
        somewhere=tuple(line for wish, line in lines if wish.opened),
        silent=tuple(line for wish, line in lines if wish.sealed),
    )


def _line(wish: Wish, file: str) -> WishLine:
    return WishLine(
        entry=wish.entry,
        what=cause_words(wish, language=language()),
        where=_where(wish),
        rule="" if wish.line is None else f"{file}:{wish.line}",
        link=line_link(wish.line),
        silent=tuple(_silent(wish)),
    )


def _where(wish: Wish) -> str:
    count = len(wish.opened)
    if wish.cause is Cause.SEARCH:
        return _("%(n)s sites with a search of their own", n=count)
    if wish.cause is Cause.INSIDE:
        return _("%(n)s sites that show other sites", n=count)
    shown = ", ".join(wish.opened[:_MOST_HOSTS_SHOWN])
    more = count - _MOST_HOSTS_SHOWN
    return _("%(hosts)s and %(n)s more", hosts=shown, n=more) if more > 0 else shown


def _silent(wish: Wish) -> Iterator[str]:
    by_seal: dict[str, list[str]] = {}
    for host, seal in wish.sealed:
        by_seal.setdefault(seal, []).append(host)
    for seal, hosts in by_seal.items():
        why = seal_words(seal, language=language(), catalog=house().catalog)
        yield f"{', '.join(hosts)}: {why}"


def _kinds() -> Iterator[Kind]:
    catalog = house().catalog
    title = seal_words(HELP, language=language(), catalog=catalog)
    yield Kind(title=title, hosts=tuple(sorted(catalog.help_sites)))
    for key, kind in catalog.seals.items():
        hosts = (host for host, one in catalog.never_opened.items() if one == key)
        yield Kind(title=kind.title[language().value], hosts=tuple(sorted(hosts)))
