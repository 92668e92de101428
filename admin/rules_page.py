"""The editor of the rule file: check, compare, save if nobody else did, see it come into force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin import health
from admin.auth import parent
from admin.diff import Line, changed
from admin.health import State
from admin.house import House, Standing, house
from admin.rows import profile_name
from admin.texts import gettext as _
from admin.texts import language, near_words
from rules.check import warnings
from rules.policy_text import revision_of
from rules.problems import PolicyError, Problem
from rules.replay import replay
from rules.replay_words import ReplayWords, replay_words
from rules.say import say
from rules.voice import stretch_words, stretches
from store import audit, decisions, policies
from store.policies import RevisionMoved
from store.schema_file import SCHEMA_FILE

_LONGEST_WHY = 200
_LOOKS = 20
"""How often the page looks whether the rules are in force, once a second, before it says so."""

_REPLAYED = timedelta(days=7)

pages = Blueprint("rules_page", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The editor's content and what there is to say about it."""

    text: str
    base: str
    """Revision of the file that this text would replace."""
    why: str = ""
    problems: tuple[Problem, ...] = ()
    checked: bool = False
    """True: what stands in `problems` is all."""
    difference: tuple[Line, ...] | None = None
    """None: nobody asked."""
    replayed: ReplayWords | None = None
    """What the text would have done with the last week's log. None: nobody asked, or it is not right."""
    moved: bool = False
    """True: somebody else changed the file meanwhile; `difference` shows theirs and this."""

    @property
    def marks(self) -> Mapping[int, str]:
        """The severity at each line that has a problem; an error hides a warning."""
        found = {problem.line: problem.severity for problem in self.problems}
        worst = {one.line: "error" for one in self.problems if one.severity == "error"}
        return found | worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A request that shows what is odd in the rules."""

    words: str
    link: str
    """To its explanation; empty where the page cannot give it."""


@pages.get("/rules")
def page() -> str:
    """Show the rule file in the editor."""
    standing = house().standing()
    return _editor(
        Draft(
            text=standing.text,
            base=standing.revision,
            problems=standing.problems,
            checked=bool(standing.problems),
        )
    )


@pages.post("/rules")
def write() -> Response | str | tuple[str, int]:
    """Do what one of the editor's three buttons says."""
    draft = Draft(
        text=_unix(request.form.get("text", "")),
        base=request.form.get("base", ""),
        why=" ".join(request.form.get("why", "").split())[:_LONGEST_WHY],
    )
    wanted = request.form.get("do")
    if wanted == "check":
        return _editor(_checked(draft))
    if wanted == "compare":
        return _editor(_compared(draft))
    if wanted == "save":
        return _save(draft)
    raise BadRequest


@pages.get("/rules/words")
def words() -> str:
    """Read the rules in force back in whole sentences."""
    standing = house().standing()
    return render_template(
        "words.html",
        passages=say(standing.policy, house().catalog, language=language()),
        broken=_is_broken(standing),
        file=standing.policy.file,
        stretches=stretches,
        stretch_words=stretch_words,
    )


@pages.get("/rules/saved/<revision>")
def saved(revision: str) -> str:
    """Tell when the saved rules came into force; looks again by itself until then."""
    here = house()
    seen = health.look(here, here.standing(), here.clock())
    in_force = seen.state is State.WORKING and seen.revision == revision
    look = request.args.get("look", 0, type=int)
    again = None if in_force or look >= _LOOKS else look + 1
    history = policies.history(here.engine, 2)
    return render_template(
        "saved.html",
        revision=revision,
        since=near_words(seen.since) if in_force and seen.since else "",
        refresh=again and url_for("rules_page.saved", revision=revision, look=again),
        silent=seen.state is State.SILENT,
        older=history[1].revision if len(history) > 1 else "",
    )


def _save(draft: Draft) -> Response | tuple[str, int]:
    here, who = house(), parent().name
    try:
        found = policies.save(
            here.engine,
            here.settings.rules_path,
            draft.text,
            expected=draft.base,
            who=who,
            why=draft.why,
            catalog=here.catalog,
            table=here.table(),
        )
    except PolicyError as error:
        return _editor(replace(draft, problems=error.problems, checked=True)), 400
    except RevisionMoved:
        return _moved(here, draft)
    except OSError as error:
        words = _("The file could not be written: %(reason)s", reason=error.strerror or error)
        return _editor(draft, words), 500
    audit.write(here.engine, here.clock(), who, "save", found.revision)
    return redirect(url_for("rules_page.saved", revision=found.revision))


def _moved(here: House, draft: Draft) -> Response | tuple[str, int]:
    """The file is another one than the parent began with."""
    standing = here.standing()
    if standing.revision == revision_of(draft.text):  # the second of two clicks
        return redirect(url_for("rules_page.saved", revision=standing.revision))
    difference = changed(standing.text, draft.text)
    return _editor(replace(draft, base=standing.revision, difference=difference, moved=True)), 409


def _checked(draft: Draft) -> Draft:
    here = house()
    try:
        ruleset = here.compiled(draft.text)
    except PolicyError as error:
        return replace(draft, problems=error.problems, checked=True)
    found = warnings(ruleset, moment=here.clock())
    return replace(draft, problems=found, checked=True)


def _compared(draft: Draft) -> Draft:
    here = house()
    standing = here.standing()
    compared = replace(draft, difference=changed(standing.text, draft.text))
    try:
        new = here.compiled(draft.text)
    except PolicyError as error:
        return replace(compared, problems=error.problems, checked=True)
    visits = decisions.read_visits(here.engine, here.clock() - _REPLAYED)
    found = replay(standing.ruleset, new, visits)
    return replace(compared, replayed=replay_words(found, new=new, language=language()))


def _editor(draft: Draft, words: str = "") -> str:
    here = house()
    standing = here.standing()
    return render_template(
        "rules.html",
        draft=draft,
        trials=_trials(draft, standing),
        lines=draft.text.splitlines(),
        broken=_is_broken(standing),
        failure_words=words,
        file=standing.policy.file,
        presets=here.catalog.presets.values(),
        schema_file=SCHEMA_FILE,
    )


def _trials(draft: Draft, standing: Standing) -> dict[Problem, Trial]:
    """The requests that show what is odd. Only the rules that are saved can be asked on the next page."""
    is_saved = revision_of(draft.text) == standing.revision
    found = {}
    for problem in draft.problems:
        if problem.witness is not None:
            address, who, at = problem.witness.url, problem.witness.who, problem.witness.at
            named = profile_name(standing, who)
            found[problem] = Trial(
                words=_(
                    "%(address)s for %(name)s, %(when)s",
                    address=address,
                    name=named,
                    when=near_words(at),
                ),
                link=url_for(
                    "explain.page", address=address, profile=who, at=f"{at:%Y-%m-%dT%H:%M}"
                )
                if is_saved and who in standing.policy.profiles
                else "",
            )
    return found


def _is_broken(standing: Standing) -> bool:
    return bool(standing.problems)


def _unix(text: str) -> str:
    """The text with the line ends that the file has; a browser's form sends CRLF."""
    return text.replace("\r\n", "\n")
