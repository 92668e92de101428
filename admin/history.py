"""The rule file's earlier texts: who changed what when, and the way back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from admin.auth import parent
from admin.diff import changed
from admin.house import house
from admin.texts import exact_words, said
from admin.texts import gettext as _
from rules.problems import PolicyError
from store import audit, policies
from store.policies import Revision, RevisionMoved

SHOWN = 100
"""Revisions in the list."""

pages = Blueprint("history", __name__, url_prefix="/rules/history")


@pages.get("")
def page() -> str:
    """List the texts that were in force, the newest first."""
    here = house()
    return render_template(
        "history.html",
        revisions=policies.history(here.engine, SHOWN),
        now=here.standing().revision,
        by_hand=policies.BY_HAND,
        words=exact_words,
    )


@pages.get("/<revision>")
def view(revision: str) -> str:
    """Show one text, and what separates it from the file of now."""
    here, found = house(), _find(revision)
    standing = here.standing()
    return render_template(
        "revision.html",
        found=found,
        by_hand=policies.BY_HAND,
        at=exact_words(found.at),
        lines=found.text.splitlines(),
        difference_lines=changed(standing.text, found.text),
        now=standing.revision,
    )


@pages.post("/<revision>/restore")
def restore(revision: str) -> Response:
    """Save an earlier text again, as the newest revision. `base` is the file's revision on the page.

    Undo is this too: the revision before the last change, over the last change.
    """
    here, found = house(), _find(revision)
    if here.standing().revision == revision:  # the second of two clicks
        return redirect(url_for("rules_page.saved", revision=revision))
    try:
        saved = policies.save(
            here.engine,
            here.settings.rules_path,
            found.text,
            expected=request.form.get("base", ""),
            who=parent().name,
            why=_("Back to the text of %(when)s", when=exact_words(found.at)),
            catalog=here.catalog,
            table=here.table(),
        )
    except RevisionMoved:
        flash(
            _("The rules have changed since this page was opened. Nothing was undone."), "problem"
        )
        return redirect(url_for("history.page"))
    except PolicyError as error:
        raise BadRequest(
            _(
                "This old text is not accepted any more: %(problem)s",
                problem=said(error.problems[0].message),
            )
        ) from error
    audit.write(here.engine, here.clock(), parent().name, "undo", saved.revision)
    return redirect(url_for("rules_page.saved", revision=saved.revision))


def _find(revision: str) -> Revision:
    found = policies.find(house().engine, revision)
    if found is None:
        raise NotFound(_("This text is not in the history."))
    return found
