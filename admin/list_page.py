"""One published list: what is in force of it, what was left out and why, and who looks after it."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, render_template
from werkzeug.exceptions import NotFound

from admin.house import house
from admin.list_lines import list_lines, statuses, written
from admin.list_words import skip_names
from admin.rows import line_link
from admin.texts import country_words, language, near_words, number_words, topic_words
from admin.texts import gettext as _
from rules.list_names import Skip
from rules.list_text import Skipped
from store.list_copies import Copy
from store.lists import load_guard

pages = Blueprint("list_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipLine:
    """What was left out of a list for one reason."""

    words: str
    count: str
    examples: tuple[str, ...]
    has_more: bool
    """There are others than the examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLines:
    """What there is to say of the copy in force."""

    fetched: str
    sites: str
    pages: str
    """How many single pages. Empty: none."""
    stated: str
    """How many entries the list says it has. Empty: it does not."""
    format: str
    says: tuple[tuple[str, str], ...]
    """What the list says of itself, name and words. A stranger's."""
    guarded: tuple[SkipLine, ...]
    skipped: tuple[SkipLine, ...]


@pages.get("/lists/one/<key>")
def page(key: str) -> str:
    """Show one list, on or off."""
    here = house()
    standing = here.standing()
    subscription, offer = standing.policy.lists.get(key), here.catalog.offers.get(key)
    if subscription is None and offer is None and key not in written(standing):
        raise NotFound(_("There is no such list."))
    found = tuple(one for one in statuses(here, standing) if one.key == key)
    copy = found[0].copy if found else None
    described = subscription or offer
    return render_template(
        "list.html",
        key=key,
        title=topic_words(key),
        subscription=subscription,
        link=line_link(subscription.line) if subscription else "",
        line=next(iter(list_lines(here, standing, found)), None),
        offer=offer,
        about=number_words(offer.domains) if offer else "",
        countries=", ".join(map(country_words, offer.countries)) if offer else "",
        category=topic_words(described.category if described else None),
        copy=_copy_lines(copy) if copy else None,
    )


def _copy_lines(copy: Copy) -> CopyLines:
    groups = {group.key: group.why[language().value] for group in load_guard().groups}
    return CopyLines(
        fetched=near_words(copy.fetched_at),
        sites=number_words(copy.entries),
        pages=number_words(copy.pages) if copy.pages else "",
        stated="" if copy.stated is None else number_words(copy.stated),
        format=copy.format.value,
        says=tuple(copy.header.items()),
        guarded=tuple(
            _line(copy.guarded[key], words, (each.text for each in copy.guarded[key].examples))
            for key, words in groups.items()
            if key in copy.guarded
        ),
        skipped=tuple(
            _line(skipped, words, (f"{each.line}: {each.text}" for each in skipped.examples))
            for reason, words in skip_names().items()
            if reason is not Skip.GUARD and (skipped := copy.skipped.get(reason))
        ),
    )


def _line(skipped: Skipped, words: str, examples: Iterable[str]) -> SkipLine:
    return SkipLine(
        words=words,
        count=number_words(skipped.count),
        examples=tuple(examples),
        has_more=skipped.count > len(skipped.examples),
    )
