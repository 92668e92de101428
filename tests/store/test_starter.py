"""The rule file that a family begins with, in its language: right as it stands, and in every line that it offers."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rules.acceptance import accept
from rules.check import warnings
from rules.compile import Ruleset, compile_policy
from rules.decision import Reason
from rules.engine import decide
from rules.facts import NOTHING_HAPPENED
from rules.hosts import parse_url
from rules.policy import Action, Language, LogLevel
from rules.policy_text import parse
from rules.request import Client, Request
from store.lists import load_catalog, starter_text
from store.schema_file import SCHEMA_FILE

CATALOG = load_catalog()
MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"


@pytest.mark.parametrize("language", Language)
def test_the_starter_file_is_in_the_familys_language_zone_and_country(language: Language) -> None:
    text = starter_text("Europe/London", language, "GB")

    assert "timezone: Europe/London\n" in text
    assert "\ncountry: GB\n" in text
    assert f"language: {language.value} " in text
    assert "$" not in text.removeprefix(MODELINE)


@pytest.mark.parametrize("language", Language)
def test_the_starter_file_shows_editors_the_schema_beside_it(language: Language) -> None:
    assert starter_text("Europe/London", language, "GB").startswith(MODELINE)


@pytest.mark.parametrize("language", Language)
def test_a_country_that_nobody_named_is_not_guessed(language: Language) -> None:
    text = starter_text("Asia/Ho_Chi_Minh", language, None)

    assert not re.search(r"(?m)^country:", text)


def starter(language: Language) -> Ruleset:
    text = starter_text("Asia/Ho_Chi_Minh", language, "VN")
    return compile_policy(parse(text, file="family.yaml", catalog=CATALOG), CATALOG)


def answer(rules: Ruleset, who: str, host: str, hour: int) -> tuple[Action, Reason]:
    """What a host gets on a Tuesday at this hour of the family's clock."""
    request = Request(id="t", url=parse_url(f"https://{host}/"), client=Client(name=who))
    moment = datetime(2026, 11, 24, hour, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    decision = decide(rules, request, NOTHING_HAPPENED, moment)
    return decision.action, decision.reason


@pytest.mark.parametrize("language", Language)
def test_the_starter_file_is_a_policy(language: Language) -> None:
    policy = starter(language).policy

    assert list(policy.profiles) == ["younger", "teen", "unknown"]
    assert policy.language is language
    assert policy.country == "VN"
    assert policy.when_filter_fails is Action.BLOCK
    assert policy.devices == {}


@pytest.mark.parametrize("language", Language)
def test_the_starter_file_begins_with_presets(language: Language) -> None:
    rules = starter(language)
    profiles = rules.policy.profiles.values()

    assert [one.preset for one in profiles] == ["curious", "trusted", "trusted"]
    assert [one.log for one in profiles] == [LogLevel.SITES, LogLevel.BLOCKED, LogLevel.BLOCKED]
    assert answer(rules, "younger", "facebook.com", 18) == (Action.BLOCK, Reason.CATEGORY)


@pytest.mark.parametrize("language", Language)
def test_the_starter_file_lacks_nothing_but_the_familys_devices(language: Language) -> None:
    found = warnings(starter(language), moment=datetime(2026, 11, 24, tzinfo=UTC))

    assert len(found) == 2
    assert all("has no device" in problem.message for problem in found)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "name", ["adult", "gambling", "vpn", "proxies", "dating", "violence", "drugs"]
)
def test_a_device_that_nobody_named_is_protected(language: Language, name: str) -> None:
    rules = starter(language)
    opened = [
        host
        for host in CATALOG.topics[name].hosts
        if answer(rules, "unknown", host, 12)[0] is Action.ALLOW
    ]

    assert opened == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("host", ["wikipedia.org", "youtube.com", "vnexpress.net", "facebook.com"])
def test_a_device_that_nobody_named_still_has_the_internet_at_all_hours(
    language: Language, host: str
) -> None:
    rules = starter(language)

    assert answer(rules, "unknown", host, 3) == (Action.ALLOW, Reason.DEFAULT)


@pytest.mark.parametrize("language", Language)
def test_the_younger_child_of_the_starter_file_has_homework_at_all_hours(
    language: Language,
) -> None:
    rules = starter(language)

    assert answer(rules, "younger", "vnexpress.net", 22) == (Action.BLOCK, Reason.WINDOW)
    assert answer(rules, "younger", "vnexpress.net", 18) == (Action.ALLOW, Reason.DEFAULT)
    assert answer(rules, "younger", "vi.wikipedia.org", 22) == (Action.ALLOW, Reason.DEFAULT)


@pytest.mark.parametrize("language", Language)
def test_the_lines_that_the_starter_file_offers_are_right_when_their_sign_is_taken_away(
    language: Language,
) -> None:
    text = starter_text("Asia/Ho_Chi_Minh", language, "VN")
    offered = re.sub(
        r"(?m)^( *)# ?(devices:|lists:|holidays:|expect:|  - \{who: .*|  \w[\w-]*: .*|- site: .*|allow: .*)",
        r"\1\2",
        text,
    )

    moment = datetime(2026, 11, 24, tzinfo=UTC)
    policy = accept(offered, file="family.yaml", catalog=CATALOG, moment=moment).policy

    assert len(policy.expect) == 2
    assert len(policy.lists) == 2
    assert set(policy.devices) == {"tablet", "teen-phone"}
    assert len(policy.holidays) == 1
    assert len(policy.profiles["teen"].block) == 3
    assert len(policy.profiles["younger"].allow) == 1
