"""Names that a profile need not write."""

from dataclasses import replace

import pytest

from rules.catalog import Catalog
from tests.rules.findings import said, tried


def profile(text: str) -> str:
    return f"profiles:\n  unknown:\n    {text}\n"


def test_a_block_that_the_preset_has_already_is_told(catalog: Catalog) -> None:
    text = profile("preset: trusted\n    block: [adult, games]")
    assert said(text, catalog) == ["4: adult changes nothing: preset: trusted blocks it already"]
    assert tried(text, catalog) == ["https://pornhub.com/ unknown Fri 12:00"]


def test_a_block_beside_an_allow_that_is_no_more_exact_is_meant(catalog: Catalog) -> None:
    # Between equals of the profile the block wins; the preset's would come too late for that.
    text = profile("preset: PRESET\n    block: [social]\n    allow: [WORD]")
    told = ["4: social changes nothing: preset: garden blocks it already"]
    for word, said_of_it in (
        ("meeting", []),
        ("zalo", told),  # a service is more exact in any case
        ("scratch.mit.edu", told),
    ):
        rules = text.replace("PRESET", "garden").replace("WORD", word)
        assert said(rules, with_category(catalog)) == said_of_it


def test_a_service_is_blocked_beside_any_allow_of_its_sites_with_reason(catalog: Catalog) -> None:
    known = with_category(catalog)
    garden = replace(known.presets["garden"], block=("zalo",))
    known = replace(known, presets={**known.presets, "garden": garden})
    text = profile("preset: garden\n    block: [zalo]\n    allow: [WORD]")
    pay = replace(known.topics["zalo"], key="pay", hosts=frozenset({"pay.zalo.me"}))
    known = replace(known, topics={**known.topics, "pay": pay})
    assert len(said(text.replace("WORD", "youtube"), known)) == 1
    for word in ("meeting", "pay"):
        assert said(text.replace("WORD", word), known) == []


def with_category(catalog: Catalog) -> Catalog:
    """The catalog with a category that shares zalo.me with social."""
    meeting = replace(catalog.topics["social"], key="meeting", hosts=frozenset({"oa.zalo.me"}))
    return replace(catalog, topics={**catalog.topics, "meeting": meeting})


def test_a_name_that_nothing_blocks_is_allowed_in_vain(catalog: Catalog) -> None:
    text = profile("preset: trusted\n    allow: [games, zalo]")
    assert said(text, catalog) == ["4: games changes nothing: nothing blocks it for unknown"]
    assert tried(text, catalog) == ["https://minecraft.net/ unknown Fri 12:00"]


@pytest.mark.parametrize(
    "text",
    [
        "preset: garden\n    allow: [games]",  # the preset blocks the rest
        "default: block\n    allow: [games]",
        "block: [social]\n    allow: [zalo]",
        "allow: [bare-address]",
        "allow: [minecraft.net]",  # one site is kept open whatever lists may say
    ],
)
def test_a_name_that_opens_something_is_meant(text: str, catalog: Catalog) -> None:
    assert said(profile(text), catalog) == []


def test_a_name_that_the_family_blocks_is_allowed_with_reason(catalog: Catalog) -> None:
    text = profile("allow: [games]")
    assert len(said(text, catalog)) == 1
    assert said(text + "everyone: {block: [games]}\n", catalog) == []


@pytest.mark.parametrize(("allow", "block"), [("meeting", "social"), ("social", "meeting")])
def test_what_will_be_blocked_one_day_is_allowed_with_reason(
    allow: str, block: str, catalog: Catalog
) -> None:
    # One has oa.zalo.me, the other all of zalo.me.
    text = profile(f"allow: [{allow}]\n    block: [{{site: {block}, from: 2027-01-01}}]")
    assert said(text, with_category(catalog)) == []


def test_what_lists_fill_may_share_any_site(catalog: Catalog) -> None:
    text = profile("preset: trusted\n    block: [adult]\n    allow: [games]")
    lists = "lists: {grandmas: {url: https://example.org/list.txt, category: WORD}}\n"
    assert len(said(text, catalog)) == 2
    assert said(text + lists.replace("WORD", "adult"), catalog) == []
    assert said(text + lists.replace("WORD", "games"), catalog) == []
    assert len(said(text + lists.replace("WORD", "social"), catalog)) == 1
