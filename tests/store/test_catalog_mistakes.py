"""What we say published lists have wrong: in the right form, against nothing else that we say, and true of real lists."""

from functools import cache
from pathlib import Path

import pytest

from rules.catalog import ListMistake
from rules.hosts import is_public_suffix, normal_host, parents
from rules.list_entry import Claim
from rules.list_text import read_list
from store.list_files import read_lines
from store.lists import load_catalog, load_guard

FOLDER = Path(__file__).parents[3] / "shared" / "lists"
CATALOG = load_catalog()
CATEGORIES = {key: topic for key, topic in CATALOG.topics.items() if not topic.is_service}
MISTAKES = tuple(CATALOG.mistakes.values())
REAL_LISTS = {
    "adult": (
        "hostsvn-adult.domain.txt jarelllama/lists__adblock__nsfw.txt sinfonietta/pornography-hosts"
    ),
    "gambling": "hostsvn-gambling.domain.txt sinfonietta/gambling-hosts ut1-gambling.domains.txt",
    "social": "sinfonietta/social-hosts ut1-social_networks.domains.txt",
    "phishing": "chongluadao/urls.txt jarelllama/lists__adblock__scams_light.txt",
    "dating": "ut1-dating.domains.txt",
    "dns-bypass": "ut1-doh.domains.txt",
    "games": "ut1-games.domains.txt",
    "proxies": "ut1-redirector.domains.txt",
    "vpn": "ut1-vpn.domains.txt",
    "piracy": "ut1-warez.domains.txt",
    "ads": "mixed-ads-trackers.domains.txt",
}


@cache
def listed(category: str) -> frozenset[str]:
    """All names that real lists put under a category."""
    return frozenset(
        entry.name
        for name in REAL_LISTS[category].split()
        for entry in read_list(read_lines(FOLDER / name), guard=load_guard())
    )


def holds(category: str, host: str) -> bool:
    """Whether a real list puts the host, or one below it, under the category."""
    names = listed(category)
    return host in names or any(name.endswith(f".{host}") for name in names)


def test_there_are_dozens() -> None:
    assert len(MISTAKES) >= 100


def test_every_mistake_is_of_one_host_in_normal_form() -> None:
    assert list(CATALOG.mistakes) == [one.host for one in MISTAKES]
    assert [one.host for one in MISTAKES if normal_host(one.host) != one.host] == []
    assert [one.host for one in MISTAKES if is_public_suffix(one.host)] == []


def test_every_mistake_names_categories_and_says_why_in_both_languages() -> None:
    for one in MISTAKES:
        assert one.topics, one.host
        assert one.topics <= set(CATEGORIES), one.host
        assert set(one.why) == {"en", "vi"}, one.host
        assert all(why and why == why.strip() for why in one.why.values()), one.host


def test_our_own_categories_do_not_hold_what_we_call_a_mistake() -> None:
    against = [
        (one.host, topic)
        for one in MISTAKES
        for topic in one.topics
        for host in CATEGORIES[topic].hosts
        if one.host in parents(host) or host in parents(one.host)
    ]

    assert against == []


def test_a_mistake_that_the_guard_prevents_is_not_written_twice() -> None:
    guard = load_guard()

    assert [one.host for one in MISTAKES if guard.refusal(one.host, Claim.HOST)] == []
    assert [one.host for one in MISTAKES if set(parents(one.host)) & CATALOG.help_sites] == []


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no published lists in ../shared/lists")
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.host)
def test_a_real_list_makes_this_mistake(mistake: ListMistake) -> None:
    assert [topic for topic in mistake.topics if not holds(topic, mistake.host)] == []
