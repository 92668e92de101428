"""The published lists that a family can turn on by name: what must be stated of each, and what must be on offer."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from rules.acceptance import accept
from rules.catalog import ListOffer
from rules.hosts import normal_host
from store.lists import load_catalog

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "store" / "catalog" / "offers.yaml").read_text(encoding="utf-8")
WRITTEN: dict[str, dict[str, Any]] = yaml.load(TEXT, Loader=yaml.CSafeLoader)
CATALOG = load_catalog()
OFFERS = tuple(CATALOG.offers.values())
EVERY_HOUSE_NEEDS = "adult gambling malware phishing ads piracy proxies drugs dating".split()
SAYS = "title url category licence home every domains grade read_on countries recommended".split()
UNKNOWN = "unknown: not checked"


def test_a_key_stands_once_is_a_plain_word_and_no_other_name_of_the_catalog() -> None:
    keys = re.findall(r"(?m)^(\S+):", TEXT)

    assert [key for key, times in Counter(keys).items() if times > 1] == []
    assert [key for key in keys if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)] == []
    assert set(keys) & (set(CATALOG.topics) | set(CATALOG.presets)) == set()
    assert list(CATALOG.offers) == keys == [offer.key for offer in OFFERS]


def test_no_two_offers_are_one_list() -> None:
    assert [url for url, times in Counter(one.url for one in OFFERS).items() if times > 1] == []


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.key)
def test_a_list_and_the_page_for_its_mistakes_are_at_a_public_https_address(
    offer: ListOffer,
) -> None:
    for url in (offer.url, offer.home):
        parts = urlsplit(url)
        assert parts.scheme == "https"
        assert parts.hostname == normal_host(parts.netloc)
        assert "." in parts.netloc
    assert not offer.url.endswith((".gz", ".zip", ".tar"))


def test_every_offer_falls_under_a_category() -> None:
    categories = {key for key, topic in CATALOG.topics.items() if not topic.is_service}

    assert [one.key for one in OFFERS if one.category not in categories] == []


def test_a_licence_is_stated_or_said_to_be_unknown() -> None:
    assert [one.key for one in OFFERS if not one.licence] == []
    assert [one.key for one in OFFERS if one.licence == UNKNOWN] == [
        key for key, written in WRITTEN.items() if written["grade"] == "C"
    ]


def test_no_publisher_is_asked_more_than_twice_a_day_or_less_than_once_a_week() -> None:
    odd = [one.key for one in OFFERS if not timedelta(hours=12) <= one.every <= timedelta(days=7)]

    assert odd == []


def test_sizes_are_those_of_lists_and_their_dates_have_been() -> None:
    assert [one.key for one in OFFERS if not 40 <= one.domains <= 2_000_000] == []
    dates = [written["read_on"] for written in WRITTEN.values() if "read_on" in written]
    assert dates
    assert [one for one in dates if not date(2024, 1, 1) <= one <= datetime.now(UTC).date()] == []


def test_every_offer_says_all_that_it_must_and_nothing_that_nobody_reads() -> None:
    for key, written in WRITTEN.items():
        assert set(written) <= set(SAYS), key
        assert written["grade"] in {"A", "B", "C"}, key


def test_titles_are_there_in_both_languages() -> None:
    for one in OFFERS:
        assert set(one.title) == {"en", "vi"}, one.key
        assert all(title and title == title.strip() for title in one.title.values()), one.key


@pytest.mark.parametrize("category", EVERY_HOUSE_NEEDS)
def test_one_click_covers_what_every_house_needs(category: str) -> None:
    chosen = {one.category for one in OFFERS if one.is_recommended and not one.countries}

    assert category in chosen


@pytest.mark.parametrize("category", ["adult", "gambling", "malware", "ads"])
def test_one_click_in_viet_nam_takes_the_vietnamese_lists_too(category: str) -> None:
    chosen = {one.category for one in OFFERS if one.is_recommended and "VN" in one.countries}

    assert category in chosen


def test_nothing_is_recommended_that_was_not_checked() -> None:
    unchecked = {key for key, written in WRITTEN.items() if written["grade"] == "C"}

    assert unchecked
    assert [one.key for one in OFFERS if one.is_recommended and one.key in unchecked] == []


def test_what_one_click_turns_on_fits_into_a_small_machine() -> None:
    # 12 bytes a domain in the compiled table
    total = sum(one.domains for one in OFFERS if one.is_recommended)

    assert total * 12 < 16_000_000


def test_every_offer_is_turned_on_by_its_name() -> None:
    lines = "".join(f"  {key}: on\n" for key in CATALOG.offers)
    text = f"porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\nlists:\n{lines}"
    ruleset = accept(text, file="family.yaml", catalog=CATALOG, moment=datetime.now(UTC))

    assert {key: one.url for key, one in ruleset.policy.lists.items()} == {
        key: one.url for key, one in CATALOG.offers.items()
    }
