"""A parent's answers: open or close a site for a while or for always, end it, take it back."""

from flask import Blueprint, flash, redirect, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin import rule_edit
from admin.auth import parent
from admin.house import House, Standing, house
from admin.menu import refusal
from admin.paths import own_path
from admin.proposal import Answer, Span, as_grant, asked, sites, with_grant
from admin.rows import profile_name
from admin.texts import gettext as _
from admin.texts import near_words, why
from rules.decision import Reason
from rules.engine import decide
from rules.facts import Grant
from rules.hosts import Url, typed_url
from rules.policy import Action
from rules.policy_edit import add_entry
from store import audit, facts

_PASSING = frozenset({Reason.WINDOW, Reason.BUDGET, Reason.GRANT})
"""Reasons that end by themselves: a line for always is worth writing all the same."""

pages = Blueprint("answers", __name__)


@pages.post("/answer")
def give() -> Response:
    """Do what a sentence button says, if it would do anything."""
    here = house()
    standing = here.standing()
    profile = request.form.get("profile", "")
    answer, url = _read(standing, profile)
    if answer.span is Span.ALWAYS:
        _write_down(here, standing, answer, url=url, profile=profile)
    else:
        _grant(here, standing, answer, url=url, profile=profile)
    return redirect(own_path(request.form.get("back")))


@pages.post("/grants/<grant>/end")
def end(grant: str) -> Response:
    """End a live answer now. The second of two clicks finds it ended."""
    here = house()
    if facts.end_grant(here.engine, grant, here.clock()):
        audit.write(here.engine, here.clock(), parent().name, "grant ended", grant)
        flash(_("Done. The rules decide again."))
    else:
        flash(_("That was over already."))
    return redirect(own_path(request.form.get("back")))


def _read(standing: Standing, profile: str) -> tuple[Answer, Url]:
    span, _colon, whom = request.form.get("answer", "").partition(":")
    try:
        url = typed_url(request.form.get("address", ""))
        answer = Answer(
            action=Action(request.form.get("action")),
            site=request.form.get("site", ""),
            profile=whom or None,
            span=Span(span),
        )
    except ValueError as error:
        raise BadRequest from error
    known = standing.policy.profiles
    if profile not in known or whom not in {"", profile} or answer.site not in sites(url.host):
        raise BadRequest(_("The rules have changed since this page was opened. Open it anew."))
    return answer, url


def _grant(here: House, standing: Standing, answer: Answer, *, url: Url, profile: str) -> None:
    moment = here.clock()
    happened = facts.read_facts(here.engine, moment)
    grant = as_grant(answer, by=parent().name, moment=moment, policy=standing.policy)
    tried = with_grant(standing.ruleset, asked(url, profile), happened, grant)
    if tried.action is not answer.action:
        flash(refusal(tried), "problem")
        return
    same = next((one for one in happened.grants if _is_same(one, grant)), None)
    if same is None:
        facts.add_grant(here.engine, grant)
        audit.write(here.engine, moment, grant.by, "grant", _for_audit(answer))
    kept = same or grant
    words = _done(answer, standing) + " " + _("It ends %(when)s.", when=near_words(kept.ends))
    flash(words, f"undo-grant:{kept.id}")


def _is_same(one: Grant, other: Grant) -> bool:
    """True if `one` is the fruit of the first click of two."""
    what, also = (one.action, one.site, one.profile), (other.action, other.site, other.profile)
    return what == also and abs(other.ends - one.ends).total_seconds() < 60  # noqa: PLR2004


def _write_down(here: House, standing: Standing, answer: Answer, *, url: Url, profile: str) -> None:
    new = rule_edit.draft(
        here,
        standing,
        lambda text: add_entry(
            text, profile=answer.profile, action=answer.action, address=answer.site
        ),
    )
    if new is None:
        return
    if new.text == standing.text:
        flash(_("The rules say so already."))
        return
    happened = facts.read_facts(here.engine, here.clock())
    tried = decide(new.ruleset, asked(url, profile), happened, here.clock())
    if tried.action is not answer.action and tried.reason not in _PASSING:
        flash(refusal(tried), "problem")
        return
    more = _("It is now a line of the rules.")
    if tried.action is not answer.action:
        more += " " + _("It counts once this is over: %(reason)s", reason=why(tried))
    rule_edit.save(here, standing, new.text, done=_done(answer, standing), more=more)


def _done(answer: Answer, standing: Standing) -> str:
    """What was done, as a sentence."""
    if answer.action is Action.ALLOW:
        if answer.profile is None:
            return _("Allowed %(site)s for everyone.", site=answer.site)
        name = profile_name(standing, answer.profile)
        return _("Allowed %(site)s for %(name)s.", site=answer.site, name=name)
    if answer.profile is None:
        return _("Blocked %(site)s for everyone.", site=answer.site)
    name = profile_name(standing, answer.profile)
    return _("Blocked %(site)s for %(name)s.", site=answer.site, name=name)


def _for_audit(answer: Answer) -> str:
    whom = answer.profile or "everyone"
    return f"{answer.action.value} {answer.site} for {whom}: {answer.span.value}"
