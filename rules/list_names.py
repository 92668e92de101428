"""From a name in a list's line to a host that a list may speak of, or why it may not."""

from enum import Enum

from rules.guard import Guard, GuardGroup
from rules.hosts import is_address, is_public_suffix, normal_host, suffix_rules
from rules.list_entry import Claim
from rules.reach import LOOPBACK_NAMES

_RULES = suffix_rules()
_SUSPECTS = _RULES | LOOPBACK_NAMES
"""A name outside of this set and not right below a wildcard rule is no public suffix."""
_WILDCARDS = frozenset(rule.removeprefix("*.") for rule in _RULES if rule.startswith("*."))


class Skip(Enum):
    """Why something in a list is not used."""

    UNSUPPORTED = "unsupported"
    """A rule that says more than "block this name": half understood it would block too much."""
    UNREADABLE = "unreadable"
    """Not a line of this format, or no host."""
    ADDRESS = "address"
    """An IP address."""
    NO_DOT = "no-dot"
    """A name of this machine or of the house: `localhost`, `printer`."""
    SUFFIX = "public-suffix"
    """A registry's: `com.vn` is a country's, nobody's own."""
    GUARD = "guard"
    """A host that no list may block."""


def listed_name(text: str) -> str | Skip:
    """The normal form of a name in any spelling, or why a list may not speak of it."""
    try:
        name = normal_host(text.strip())
    except ValueError:
        return Skip.UNREADABLE
    return Skip.ADDRESS if is_address(name) else objection(name) or name


def objection(name: str) -> Skip | None:
    """Why a list may not speak of a name in normal form; None if it may. Costs a fifth of a microsecond."""
    _, dot, above = name.partition(".")
    if not dot or name in LOOPBACK_NAMES:
        return Skip.NO_DOT
    if (name in _SUSPECTS or above in _WILDCARDS) and is_public_suffix(name):
        return Skip.SUFFIX
    return None


def guarded_by(guard: Guard, name: str, claim: Claim) -> GuardGroup | None:
    """The group of guarded hosts because of which a claim is not obeyed; None if it is. As quick as `objection`."""
    start = name.rfind(".", 0, name.rfind("."))
    return guard.refusal(name, claim) if name[start + 1 :] in guard.ends else None
