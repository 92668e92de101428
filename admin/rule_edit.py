"""One change of the rule file that a button asks for: tried first, saved if nobody was faster, told with its undo."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash

from admin.auth import parent
from admin.house import House, Standing
from admin.texts import gettext as _
from admin.texts import said
from rules.compile import Ruleset
from rules.problems import PolicyError
from store import audit, policies
from store.policies import RevisionMoved


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The rules as they would be."""

    text: str
    ruleset: Ruleset


def draft(here: House, standing: Standing, change: Callable[[str], str]) -> Draft | None:
    """The rules with a change to their text. None: it cannot be made, and the parent is told why."""
    if standing.problems:
        flash(_("The rule file has a mistake. Mend it first, under Rules."), "problem")
        return None
    try:
        text = change(standing.text)
        return Draft(text=text, ruleset=here.compiled(text))
    except PolicyError as error:
        problem = said(error.problems[0].message)
        flash(_("With this the rules would be refused: %(problem)s", problem=problem), "problem")
    except ValueError:
        flash(_("This cannot be added by itself. Please write it under Rules."), "problem")
    return None


def save(here: House, standing: Standing, text: str, *, done: str, more: str = "") -> bool:
    """Whether the text is the rule file now. The parent is told: what was `done`, `more`, and the way back."""
    who = parent().name
    try:
        saved = policies.save(
            here.engine,
            here.settings.rules_path,
            text,
            expected=standing.revision,
            who=who,
            why=done,
            catalog=here.catalog,
            table=here.table(),
        )
    except RevisionMoved:
        flash(_("The rules changed at the same moment. Please try again."), "problem")
        return False
    except OSError as error:
        reason = error.strerror or error
        flash(_("The file could not be written: %(reason)s", reason=reason), "problem")
        return False
    audit.write(here.engine, here.clock(), who, "save", saved.revision)
    flash(f"{done} {more}".rstrip(), f"undo-rules:{saved.revision}:{standing.revision}")
    return True
