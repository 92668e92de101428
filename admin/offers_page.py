"""Choosing lists: those that Porchlight knows, by category, and the form for one of the family's own."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin import rule_edit
from admin.house import House, Standing, house
from admin.list_lines import offer_groups, recommended, written
from admin.paths import own_path
from admin.texts import gettext as _
from admin.texts import language, ngettext, number_words, topic_words
from rules.policy_put import add_list, remove_list, switch_list
from rules.problems import PolicyError, Problem
from rules.questions import SEEN_BY_ITSELF

_LONGEST = 2000
"""Characters of a field."""

pages = Blueprint("offers_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """What the form for a list of one's own says, good or not."""

    name: str = ""
    url: str = ""
    file: str = ""
    category: str = ""

    def described(self) -> dict[str, str]:
        """As the rule file writes it."""
        said = {"url": self.url, "file": self.file, "category": self.category}
        return {key: value for key, value in said.items() if value}


@pages.get("/lists/offers")
def page() -> str:
    """Show what is on offer."""
    return _page(OwnList(), ())


def _page(own: OwnList, problems: tuple[Problem, ...]) -> str:
    here = house()
    standing = here.standing()
    categories = [
        topic
        for topic in here.catalog.topics.values()
        if not topic.is_service and topic.key not in SEEN_BY_ITSELF
    ]
    on_offer = recommended(here, standing)
    return render_template(
        "offers.html",
        groups=offer_groups(here, standing),
        recommended=len(on_offer),
        by_themselves=here.settings.list_updates,
        recommended_sites=number_words(sum(offer.domains for offer in on_offer)),
        categories=sorted((topic.title[language().value], topic.key) for topic in categories),
        folder=here.settings.own_lists_dir,
        own=own,
        problems=problems,
    )


@pages.post("/lists/switch")
def switch() -> Response:
    """Turn one list on or off, as a line of the rule file."""
    here = house()
    standing = here.standing()
    key, wanted = request.form.get("key", ""), request.form.get("is")
    if wanted not in {"on", "off"} or key not in {*here.catalog.offers, *written(standing)}:
        raise BadRequest
    title = topic_words(key)
    if wanted == "on":
        done = _("Turned on: %(title)s.", title=title)
    else:
        done = _("Turned off: %(title)s.", title=title)
    _change(here, standing, lambda text: switch_list(text, key, is_on=wanted == "on"), done)
    return redirect(own_path(request.form.get("back")))


@pages.post("/lists/recommended")
def switch_recommended() -> Response:
    """Turn on what is recommended for this family."""
    here = house()
    standing = here.standing()
    keys = [offer.key for offer in recommended(here, standing)]

    def with_all(text: str) -> str:
        for key in keys:
            text = switch_list(text, key, is_on=True)
        return text

    done = ngettext(
        "Turned on %(num)s recommended list.", "Turned on %(num)s recommended lists.", len(keys)
    )
    _change(here, standing, with_all, done)
    return redirect(url_for("lists_page.page"))


@pages.post("/lists/own")
def add() -> Response | tuple[str, int]:
    """Write a list of the family's own into the rule file, turned on."""
    here = house()
    standing = here.standing()
    own = OwnList(
        **{
            field: " ".join(request.form.get(field, "").split())[:_LONGEST]
            for field in OwnList.__slots__
        }
    )
    own = replace(own, name=own.name.replace(" ", "-"))
    if standing.problems:
        flash(_("The rule file has a mistake. Mend it first, under Rules."), "problem")
        return _page(own, ()), 400
    if own.name in written(standing):
        flash(_("There is a list called %(name)s already.", name=own.name), "problem")
        return _page(own, ()), 400
    try:
        text = add_list(standing.text, own.name, own.described())
        here.compiled(text)
    except PolicyError as error:
        return _page(own, error.problems), 400
    except ValueError:
        flash(_("This cannot be added by itself. Please write it under Rules."), "problem")
        return _page(own, ()), 400
    rule_edit.save(here, standing, text, done=_("Added the list %(name)s.", name=own.name))
    return redirect(url_for("lists_page.page"))


@pages.post("/lists/remove")
def remove() -> Response:
    """Take the lines of one of the family's own lists out of the rule file."""
    here = house()
    standing, key = here.standing(), request.form.get("key", "")
    if key in here.catalog.offers:
        raise BadRequest
    done = _("Removed the list %(name)s.", name=key)
    _change(here, standing, lambda text: remove_list(text, key), done)
    return redirect(url_for("lists_page.page"))


def _change(here: House, standing: Standing, change: Callable[[str], str], done: str) -> None:
    new = rule_edit.draft(here, standing, change)
    if new is None:
        return
    if new.text == standing.text:
        flash(_("The rules say so already."))
        return
    rule_edit.save(here, standing, new.text, done=done)
