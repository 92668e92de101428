"""The family's groups in the rule file: each inside few others, and none inside itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from rules.address import is_word
from rules.policy import Entry, EntryList, FileType, GroupUse, Mime, Policy, Search
from rules.policy_draft import Draft
from rules.policy_entries import EntryReader
from rules.policy_shape import Items
from rules.problems import Sentence

DEEPEST_GROUP = 10
"""Groups inside each other."""
MOST_ENTRIES = 100_000
"""In one file, every group spelled out wherever it is named: a second's work to compile."""


def read_groups(reader: EntryReader, groups: Mapping[str, Items] | None) -> dict[str, EntryList]:
    """The family's groups by name."""
    draft = reader.draft
    for name in draft.keys("groups"):
        if not is_word(name):
            message = Sentence("{name} cannot be a group's name", name=name)
            hint = Sentence("letters, digits, - and _; no dot, that would be a site")
            draft.refuse(("groups", name), message, hint, at_key=True)
        if name in reader.topics:
            draft.refuse(
                ("groups", name),
                Sentence("{name} is both a group and a topic that Porchlight knows", name=name),
                Sentence("choose another name, such as {example}", example=f"our_{name}"),
                at_key=True,
            )
    return {name: reader.entries(items, "groups", name) for name, items in (groups or {}).items()}


def refuse_knots(draft: Draft, groups: Mapping[str, EntryList], lists: Iterable[EntryList]) -> None:
    """Refuse circles, and what would be endless once spelled out. `lists` are all but the groups."""
    order, circles = _from_the_inside(groups)
    for name in circles:
        message = Sentence("the group {name} contains itself", name=name)
        hint = Sentence("take one of the names out of the circle")
        draft.refuse(("groups", name), message, hint, at_key=True)
    if circles:
        return
    sizes: dict[str, int] = {}
    depths: dict[str, int] = {}
    for name in order:
        inner = [group for group in _inner(groups[name]) if group in groups]
        sizes[name] = _size(groups[name], sizes)
        depths[name] = 1 + max((depths[group] for group in inner), default=0)
        if depths[name] == DEEPEST_GROUP + 1:
            message = Sentence("more than {most} groups inside each other", most=DEEPEST_GROUP)
            hint = Sentence("name the sites themselves")
            draft.refuse(("groups", name), message, hint, at_key=True)
    if sum(_size(entries, sizes) for entries in lists) > MOST_ENTRIES:
        message = Sentence(
            "with every group spelled out there are more than {most} entries", most=MOST_ENTRIES
        )
        draft.refuse((), message, Sentence("name large groups in fewer places"))


def holding(groups: Mapping[str, EntryList], is_such: Callable[[Entry], bool]) -> set[str]:
    """The groups that hold such an entry, be it through others."""
    found: set[str] = set()
    for name in _from_the_inside(groups)[0]:
        if any(
            entry.group in found if isinstance(entry, GroupUse) else is_such(entry)
            for entry in groups[name]
        ):
            found.add(name)
    return found


def _inner(entries: EntryList) -> Iterator[str]:
    return (entry.group for entry in entries if isinstance(entry, GroupUse))


def _size(entries: EntryList, sizes: Mapping[str, int]) -> int:
    """Entries once spelled out; capped, since groups of groups double with every line."""
    total = sum(
        sizes.get(entry.group, 0) if isinstance(entry, GroupUse) else 1 for entry in entries
    )
    return min(total, MOST_ENTRIES + 1)


def refuse_kinds(draft: Draft, policy: Policy, anytime: Items) -> None:
    """Refuse what is no place where only places are meant: under `anytime:` and in what a budget counts.

    Whoever puts `.pdf` behind an address would otherwise have no bedtime.
    """
    asking = _asking(policy.groups)
    hint = Sentence("name the sites themselves")
    for position, item in enumerate(anytime or ()):
        if item and (item.keys() & {"search", "file", "mime"} or item.get("site") in asking):
            message = Sentence("anytime: opens places, and this is about what is asked for there")
            draft.refuse(("anytime", position), message, hint)
    for key, profile in policy.profiles.items():
        for name in asking.intersection(profile.budgets):
            message = Sentence(
                "a budget counts time at places, and {name} is about what is asked for there",
                name=name,
            )
            path = ("profiles", key, "time", "budgets", name)
            draft.refuse(path, message, hint, at_key=True)


def _asking(groups: Mapping[str, EntryList]) -> set[str]:
    """The groups that hold what is no place, be it through others."""
    return holding(groups, lambda entry: isinstance(entry.target, Search | FileType | Mime))


def _from_the_inside(groups: Mapping[str, EntryList]) -> tuple[list[str], list[str]]:
    """The groups, inner ones first, and those at which a walk inwards came back to itself.

    A stack of our own, since a file can nest deeper than Python may call.
    """
    inner = {name: _inner(entries) for name, entries in groups.items()}
    is_open: dict[str, bool] = {}
    order: list[str] = []
    circles: dict[str, None] = {}
    for start in groups:
        stack = [] if start in is_open else [start]
        while stack:
            name = stack[-1]
            is_open[name] = True
            following = next(inner[name], None)
            if following is None:
                is_open[name] = False
                order.append(stack.pop())
            elif following in groups and following not in is_open:
                stack.append(following)
            elif is_open.get(following):
                circles[following] = None
    return order, list(circles)
