"""Wrong category? What lists say of a site, the family's word against it, and a note for those who keep the list."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from admin import rule_edit
from admin.correction_lines import FindingLine, finding_lines, topics_words
from admin.find_page import host_of, no_host
from admin.house import House, Standing, house
from admin.list_report import reports
from admin.proposal import asked, sites
from admin.rows import line_link, profile_name
from admin.texts import gettext as _
from admin.texts import topic_words, why
from rules.compile import Ruleset
from rules.decision import Decision
from rules.engine import decide
from rules.hosts import typed_url
from rules.listings import ITS_NAME
from rules.lookup import look_up
from rules.policy import Action
from rules.policy_put import correct, take_back
from rules.subscription import Correction
from store.facts import read_facts

_LONGEST_ADDRESS = 4096
_LONGEST_NOTE = 300

pages = Blueprint("corrections_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the form is about."""

    address: str
    host: str
    profile: str
    """Whose request it was; empty if nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a correction can say of a site."""

    topics: tuple[tuple[str, str], ...]
    """Keys and names of what lists say that the site is. Empty: none says anything."""
    likely: str
    """The one that decided."""
    read: str
    """The words in the site's own name that decided. Empty: they did not."""
    sites: tuple[str, ...]
    """What the correction can mean, the narrowest first."""


@pages.get("/corrections/new")
def page() -> str:
    """Show who says what of a site, and the form to contradict."""
    question = _question(request.args.get("address", ""), request.args.get("profile", ""))
    standing = house().standing()
    choices = _choices(standing, question)
    return _form(standing, question, choices)


@pages.post("/corrections")
def write() -> Response | tuple[str, int]:
    """Write a correction into the rule file, and say honestly what it changes."""
    here = house()
    standing = here.standing()
    question = _question(request.form.get("address", ""), request.form.get("profile", ""))
    choices = _choices(standing, question)
    topics = frozenset(request.form.getlist("not"))
    site = request.form.get("site", "")
    if not topics:
        flash(_("Tick what the site is not."), "problem")
        return _form(standing, question, choices), 400
    known = standing.policy.corrections.get(site)
    if known is not None and topics <= known.topics:  # the second of two clicks
        flash(_("The rules say so already."))
        return redirect(url_for("corrections_page.one", host=site))
    if not topics <= {key for key, _name in choices.topics} or site not in choices.sites:
        raise BadRequest(_("The rules have changed since this page was opened. Open it anew."))
    note = " ".join(request.form.get("note", "").split())[:_LONGEST_NOTE]
    correction = Correction(host=site, topics=topics, line=0, note=note)
    new = rule_edit.draft(here, standing, lambda text: correct(text, correction))
    if new is None:
        return _form(standing, question, choices), 400
    names = topics_words(sorted(topics))
    done = _("Corrected: %(site)s is not: %(topics)s.", site=site, topics=names)
    more = _effect(here, standing, new.ruleset, question)
    if not rule_edit.save(here, standing, new.text, done=done, more=more):
        return _form(here.standing(), question, choices), 409
    return redirect(url_for("corrections_page.one", host=site))


@pages.get("/corrections/<host>")
def one(host: str) -> str:
    """Show one correction, and the notes that a parent can send."""
    here = house()
    standing = here.standing()
    correction = standing.policy.corrections.get(host)
    if correction is None:
        raise NotFound(_("There is no correction of this site."))
    return render_template(
        "correction.html",
        correction=correction,
        topics=topics_words(sorted(correction.topics)),
        link=line_link(correction.line),
        reports=reports(here, standing, correction),
    )


@pages.post("/corrections/<host>/take-back")
def end(host: str) -> Response:
    """Take a correction's lines out of the rule file."""
    here = house()
    standing = here.standing()
    new = rule_edit.draft(here, standing, lambda text: take_back(text, host))
    if new is not None and new.text == standing.text:
        flash(_("That was over already."))
    elif new is not None:
        done = _("Took the correction of %(site)s back.", site=host)
        rule_edit.save(here, standing, new.text, done=done)
    return redirect(url_for("lists_page.page"))


def _question(address: str, profile: str) -> Question:
    address = address.strip()[:_LONGEST_ADDRESS]
    known = profile if profile in house().standing().policy.profiles else ""
    return Question(address=address, host=host_of(address), profile=known)


def _choices(standing: Standing, question: Question) -> Choices:
    if not question.host:
        return Choices(topics=(), likely="", read="", sites=())
    obeyed = [one for one in look_up(standing.ruleset, question.host) if one.is_obeyed]
    # a list's own name and its category are one claim: whoever contradicts one contradicts both
    claims = {topic: one.topics[0] for one in obeyed for topic in one.topics}
    keys = list(dict.fromkeys(claims.values()))
    decided = _decided(house(), standing.ruleset, question)
    category = decided.category if decided else None
    likely = claims.get(category, category) if category else next(iter(keys), "")
    if likely and likely not in keys:
        keys.append(likely)
    words = decided.listed if decided and decided.source == ITS_NAME else None
    widest = min((one.listed for one in obeyed), key=len, default=sites(question.host)[0])
    return Choices(
        topics=tuple((key, topic_words(key)) for key in keys),
        likely=likely,
        read=words or "",
        sites=_sites(question.host, widest),
    )


def _sites(host: str, listed: str) -> tuple[str, ...]:
    """The site itself and the entry that holds it; the entry alone where the two are one site."""
    return (listed,) if host in {listed, f"www.{listed}"} else (host, listed)


def _decided(here: House, ruleset: Ruleset, question: Question) -> Decision | None:
    if not question.profile:
        return None
    moment = here.clock()
    request_ = asked(typed_url(question.address), question.profile)
    return decide(ruleset, request_, read_facts(here.engine, moment), moment)


def _effect(here: House, standing: Standing, new: Ruleset, question: Question) -> str:
    """What the correction changes for whom the page was about."""
    tried = _decided(here, new, question)
    if tried is None:
        return _("It is now a line of the rules.")
    if tried.action is Action.ALLOW:
        return _("It is open for %(name)s now.", name=profile_name(standing, question.profile))
    return _(
        "It stays closed for %(name)s all the same: %(reason)s",
        name=profile_name(standing, question.profile),
        reason=why(tried),
    )


def _form(standing: Standing, question: Question, choices: Choices) -> str:
    findings: list[FindingLine] = finding_lines(standing, question.host) if question.host else []
    return render_template(
        "correct.html",
        question=question,
        choices=choices,
        findings=findings,
        problem="" if question.host else no_host(),
        ticked=request.form.getlist("not") or [choices.likely],
        note=request.form.get("note", ""),
        site=request.form.get("site", ""),
    )
