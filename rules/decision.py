"""The answer to a request. Made once, in the engine; every door shows the same one."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from rules.budget import Balance
from rules.policy import Action, Reason
from rules.request import Stage
from rules.schedule import Opening

__all__ = [
    "BUILT_IN",
    "Change",
    "ChangeKind",
    "Decision",
    "DecisionRecord",
    "Explanation",
    "Reason",
    "Rewrite",
    "Step",
]

BUILT_IN = "built-in"
"""The `file` of a decision that no line of the rule file made."""


class ChangeKind(Enum):
    """A way in which an answer would be another one."""

    WAIT = "wait"
    """At `at` the answer changes by itself."""
    GRANT = "grant"
    """A parent opens `host` for a while."""
    PAUSE = "pause"
    """A parent closes `host` for a while."""
    EDIT = "edit"
    """Change or remove all of `entries`."""
    WINDOW = "window"
    """Have a window open at this hour: at `line`."""
    BUDGET = "budget"
    """Give all of `entries`, which are budgets, more time."""
    ALLOW = "allow"
    """Allow `host` for the profile: at `line`."""
    BLOCK = "block"
    """Block `host` for the profile: at `line`."""
    REACH = "reach"
    """The settings name `host`, here with its port, as open inside the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that would flip the decision. The engine has tried it."""

    kind: ChangeKind
    at: datetime | None = None
    host: str | None = None
    """With ALLOW and BLOCK as an entry would write it, `=nas`."""
    line: int | None = None
    """1-based, of the list that would grow, or of the profile that has none yet; of the first entry to edit."""
    entries: tuple[tuple[int, str], ...] = ()
    """With EDIT and BUDGET: line and text of each that has to go or grow. One alone would change nothing."""
    is_enough: bool = True
    """False: after it, a parent has to open `host` for a while as well. No single change does it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """What is changed in a request that is let through. Never a verdict."""

    what: str = "safe"
    """`safe`: a search engine's; `youtube.strict` and `youtube.moderate`: YouTube's."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Names and values that the address has to have, instead of any others of these names."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names and values that the request has to have, instead of any others of these names."""
    connect_to: str | None = None
    """To this name's addresses the connection goes; all else still says the host's own name. None: to the host's own."""
    line: int | None = None
    """1-based line of the rule file that asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens to one request, and why."""

    id: str
    """The request's id."""
    action: Action
    reason: Reason
    profile: str
    """Key of the profile that was asked."""
    device: str | None
    """Key of the device, None if nobody has named it."""
    entry: str | None
    """The entry as the parent wrote it; the grant's site; what the budget counts; None where no entry spoke."""
    file: str
    """The rule file's name, or BUILT_IN."""
    line: int | None
    """1-based line of the entry in `file`. None with BUILT_IN and for grants."""
    until: datetime | None
    """Aware: when the action is another one, if nobody does anything but use up what time there is. None: never."""
    look: Stage
    """The least stage at which this answer is certain, and the log can hold what the profile keeps."""
    revision: str
    """Of the policy."""
    category: str | None = None
    """The category, service or list that matched, with Reason.CATEGORY or NEVER."""
    listed: str | None = None
    """The entry inside that category that matched, `pornhub.com`; with Reason.BUDGET the kind of day."""
    source: str | None = None
    """The published list that has this entry, by its key. None: our own catalog."""
    note: str = ""
    """The entry's or the grant's note."""
    grant: str | None = None
    """The grant's id, with Reason.GRANT."""
    inside: str | None = None
    """The host whose address stands inside this one, as a translator's or an archive's has it; it was judged
    too, and the stricter answer stands. None: no address stands there."""
    seal: str | None = None
    """Why this host is never opened: a kind of store/catalog/never_opened.yaml, or one of rules/seal.py. None: it may be."""
    rewrite: Rewrite | None = None
    """What is changed in it, with Action.ALLOW. None: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question as `explain` asked it."""

    question: str
    """Its name in the engine's order: who, local, help, never, grant, site, search, file, window, budget, category,
    default; and `inside`, where the address carries another one."""
    answer: Action | None
    """What it says taken alone. None: nothing."""
    decides: bool
    """True for the one step whose answer stands."""
    entry: str | None = None
    line: int | None = None
    detail: str = ""
    """With `who` the profile's name for people, and the device; with `inside` the host there; else the category that
    matched."""
    opening: Opening | None = None
    """With `window`: what the windows say. None: the profile has none, or it is open at any time."""
    balance: Balance | None = None
    """With `budget`: the budget with the least time left. None: no budget counts this."""
    is_skipped: bool = False
    """An entry had opened the door, so that this was not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision with all the questions, and what would change it."""

    decision: Decision
    steps: tuple[Step, ...]
    """In the engine's order, the ones after the deciding step too."""
    changes: tuple[Change, ...]
    """Smallest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """A decision's line in the log."""

    at: datetime
    """Aware, UTC."""
    decision: Decision
    client: str
    """IP address."""
    method: str
    scheme: str
    host: str
    path: str
    """With the query, at LogLevel.FULL; else empty."""
