"""What no list may block, whatever it says: sites that everybody needs, and help that some list has called filth."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from rules.hosts import parents
from rules.list_entry import SPELLINGS, Claim

GUARDED_SPELLINGS = ("", *SPELLINGS)
"""A guarded host is guarded under these, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardGroup:
    """Hosts that are guarded for one reason."""

    key: str
    why: Mapping[str, str]
    """By language, `en` and `vi`."""
    hosts: frozenset[str]
    """In normal form."""
    is_tree: bool = False
    """Everything below is guarded, too. Else only the host, with and without `www.` and `m.`: lists of trackers rightly name `pixel.facebook.com`."""
    is_alarm: bool = False
    """No list that is looked after names one of these: what does is refused whole."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """All guarded hosts, ready to be asked."""

    groups: tuple[GuardGroup, ...] = ()

    @cached_property
    def names(self) -> Mapping[str, GuardGroup]:
        """The guarded hosts in every spelling."""
        return {
            spelling + host: group
            for group in self.groups
            for host in group.hosts
            for spelling in GUARDED_SPELLINGS
        }

    @cached_property
    def above(self) -> Mapping[str, GuardGroup]:
        """Names that have a guarded host below them."""
        return {name: group for host, group in self.names.items() for name in parents(host)[1:]}

    @cached_property
    def trees(self) -> Mapping[str, GuardGroup]:
        """Hosts below which everything is guarded."""
        return {host: group for group in self.groups if group.is_tree for host in group.hosts}

    @cached_property
    def ends(self) -> frozenset[str]:
        """The last two labels of every name that can be refused: a quick no for all others."""
        return frozenset(".".join(name.split(".")[-2:]) for name in self.names)

    def refusal(self, name: str, claim: Claim) -> GuardGroup | None:
        """The group because of which a list's entry is not obeyed; None if it is. Exceptions always are."""
        if int(claim) & Claim.EXCEPT:
            return None
        if int(claim) & Claim.HOST and name in self.names:
            return self.names[name]
        if int(claim) & Claim.BELOW and name in self.above:
            return self.above[name]
        # not parents(): a list of a million names would push all others out of what it remembers
        above = name
        while above and above not in self.trees:
            _, _, above = above.partition(".")
        return self.trees.get(above)
