"""Any accepted file can be edited by program or is left alone: what comes out is accepted, and no comment is lost."""

import re
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from rules.address import AddressError, parse_address
from rules.policy import UNKNOWN, Action, Policy
from rules.policy_edit import add_entry
from rules.policy_enrol import put_device, remove_device
from rules.policy_put import correct, remove_list, switch_list, take_back
from rules.policy_text import parse
from rules.problems import PolicyError
from rules.subscription import Correction
from rules.text_splice import find
from rules.yaml_text import Mapping, Node, Scalar, Sequence, compose, plain
from store.lists import load_catalog
from tests.fuzz.rule_files import changed, right_files
from tests.fuzz.seeds import PATIENCE_SECONDS, chance, seeds, shown

pytestmark = pytest.mark.timeout(PATIENCE_SECONDS)

INPUTS = 400
ADDRESSES = (
    *("a.com", "new.example", "=b.com", "*.zip", "a.com/x?v=1", "/x+: #[a]/", "10.0.0.0/8", "::1"),
    *("youtube", "adult", "youtube.com/shorts/", "roblox.com", "scratch.mit.edu", "wikipedia.org"),
)
NOTES = ("", "", "why", "a: b # c", "- 'q' \"r\"", "mẹ nói", "{x", "null", "0123", "*", "a\nb")
HOSTS = ("sexetc.org", "clinic.example", "example.com", "xn--p1ai.com", "teaches.example")
TOPICS = ("adult", "gambling", "youtube")
LISTS = ("hagezi-nsfw", "oisd-nsfw", "ut1-games", "hostsvn-adult")

type Edit = Callable[[str, Policy, Random], tuple[str, str, set[int]]]
"""Gives the text after an edit, after the same once more, and the lines of it that may go."""

_COMMENT = re.compile(r"(?:(?<=[\s\ufeff])|^)#[^\r\n]*")


def accepted(text: str) -> Policy | None:
    try:
        return parse(text, file="family.yaml", catalog=load_catalog())
    except PolicyError:
        return None


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Sequence):
        return [scalar for item in node.items for scalar in scalars(item)]
    pairs = node.pairs.values()
    return [scalar for pair in pairs for scalar in (pair.key, *scalars(pair.value))]


def comments(text: str) -> list[tuple[int, str]]:
    """Every comment and its line: what begins with # after a blank and is in no value."""
    masked = list(text)
    for one in scalars(compose(text)):
        start, end = one.span.start, one.span.end
        masked[start:end] = ("\n" if mark == "\n" else "x" for mark in text[start:end])
    bare = "".join(masked)
    return [(text.count("\n", 0, found.start()) + 1, found[0]) for found in _COMMENT.finditer(bare)]


def lines_of(text: str, path: tuple[str, ...], address: str) -> set[int]:
    """The lines on which the address stands in a list, once or more."""
    items = find(compose(text), path)
    found: set[int] = set()
    for item in items.items if isinstance(items, Sequence) else ():
        value = plain(item)
        site = value.get("site") if isinstance(value, dict) else value
        if means_the_same(site, address):
            last = text.count("\n", 0, item.span.end) + 1
            found.update(range(item.span.line, last + 1))
    return found


def means_the_same(site: object, address: str) -> bool:
    try:
        return isinstance(site, str) and parse_address(site) == parse_address(address)
    except AddressError:
        return False


def entry_added(text: str, policy: Policy, dice: Random) -> tuple[str, str, set[int]]:
    profile = dice.choice((None, *policy.profiles))
    action = dice.choice(tuple(Action))
    address, note = dice.choice(ADDRESSES), dice.choice(NOTES)
    other = "block" if action is Action.ALLOW else "allow"
    owner = ("everyone",) if profile is None else ("profiles", profile)

    def edit(before: str) -> str:
        return add_entry(before, profile=profile, action=action, address=address, note=note)

    return edit(text), edit(edit(text)), lines_of(text, (*owner, other), address)


def list_switched(text: str, policy: Policy, dice: Random) -> tuple[str, str, set[int]]:
    key, is_on = dice.choice((*LISTS, *policy.lists)), dice.choice((True, False))
    once = switch_list(text, key, is_on=is_on)
    again = accepted(once)
    assert again is None or (key in again.lists) is is_on
    return once, switch_list(once, key, is_on=is_on), set()


def corrected(text: str, policy: Policy, dice: Random) -> tuple[str, str, set[int]]:
    wish = Correction(
        host=dice.choice((*HOSTS, *policy.corrections)),
        topics=frozenset(dice.sample(TOPICS, dice.choice((1, 2)))),
        line=0,
        note=dice.choice(NOTES),
    )
    once = correct(text, wish)
    again = accepted(once)
    assert again is None or again.corrections[wish.host].topics >= wish.topics
    return once, correct(once, wish), set()


def taken_back(text: str, policy: Policy, dice: Random) -> tuple[str, str, set[int]]:
    host = dice.choice((*policy.corrections, *HOSTS))
    once = take_back(text, host)
    again = accepted(once)
    assert again is None or host not in again.corrections
    line = policy.corrections[host].line if host in policy.corrections else 0
    return once, take_back(once, host), lines_from(text, "corrections", line)


def list_removed(text: str, policy: Policy, dice: Random) -> tuple[str, str, set[int]]:
    key = dice.choice((*policy.lists, *LISTS))
    once = remove_list(text, key)
    again = accepted(once)
    assert again is None or key not in again.lists
    line = policy.lists[key].line if key in policy.lists else 0
    return once, remove_list(once, key), lines_from(text, "lists", line)


def device_put(text: str, policy: Policy, dice: Random) -> tuple[str, str, set[int]]:
    name = dice.choice((*policy.devices, "new-phone", "máy-mới"))
    profile = dice.choice((None, *policy.profiles))
    marks: dict[str, str | int | None] = {"mac": "02:00:00:00:00:aa", "port": 65535}
    marks |= dice.choice(({}, {"ip": None}))

    def edit(before: str) -> str:
        return put_device(before, name, marks, profile)

    once = edit(text)
    again = accepted(once)
    assert again is None or again.devices[name].mac == "02:00:00:00:00:aa"
    if again is not None and profile is not None:
        owners = [one.key for one in again.profiles.values() if name in one.devices]
        assert owners == [profile] or profile == UNKNOWN
    return once, edit(once), lines_of_device(text, name)


def device_removed(text: str, policy: Policy, dice: Random) -> tuple[str, str, set[int]]:
    name = dice.choice((*policy.devices, "nobody"))
    once = remove_device(text, name)
    again = accepted(once)
    assert again is None or name not in again.devices
    line = policy.devices[name].line if name in policy.devices else 0
    may_go = lines_of_device(text, name) | lines_from(text, "devices", line)
    return once, remove_device(once, name), may_go


def lines_of_device(text: str, name: str) -> set[int]:
    """The lines on which the device stands in profiles' lists."""
    profiles = find(compose(text), ("profiles",))
    found: set[int] = set()
    for pair in profiles.pairs.values() if isinstance(profiles, Mapping) else ():
        items = find(pair.value, ("devices",))
        for item in items.items if isinstance(items, Sequence) else ():
            if plain(item) == name:
                found.add(item.span.line)
    return found


def lines_from(text: str, owner: str, line: int) -> set[int]:
    """The lines of what stands at a line below a key."""
    below = find(compose(text), (owner,))
    pairs = below.pairs.values() if isinstance(below, Mapping) else ()
    return {
        number
        for pair in pairs
        if pair.key.span.line == line
        for number in range(line, text.count("\n", 0, pair.value.span.end) + 2)
    }


EDITS = [
    entry_added,
    list_switched,
    corrected,
    taken_back,
    list_removed,
    device_put,
    device_removed,
]


@pytest.mark.parametrize("edit", EDITS)
def test_any_accepted_file_is_edited_or_left_alone(edit: Edit) -> None:
    edited = 0
    for seed in seeds(INPUTS):
        dice = chance(seed)
        text = dice.choice(right_files())
        text = changed(text, dice) if dice.random() < 0.8 else text
        policy = accepted(text)
        if policy is None:
            continue
        with shown(seed, text):
            try:
                once, twice, may_go = edit(text, policy, dice)
            except ValueError:
                continue
            assert accepted(once) is not None, once
            assert twice == once
            kept = Counter(comment for _, comment in comments(once))
            missing = Counter(said for line, said in comments(text) if line not in may_go) - kept
            assert not missing, once
        edited += 1
    assert edited > INPUTS // 10
