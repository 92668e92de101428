"""What people read about a decision."""

import dataclasses
import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.catalog import Catalog
from rules.decision import BUILT_IN, Change, ChangeKind, Decision, Reason, Rewrite, Step
from rules.policy import Action, Budget, Language, Policy, Profile, Window
from rules.request import Stage
from rules.schedule import Opening
from rules.shapes import ITS_SHAPE
from rules.wording import (
    block_words,
    change_line,
    helpline_words,
    moment_words,
    origin_words,
    reason_line,
    rewrite_line,
    step_line,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 24, 20, 30, tzinfo=ZONE)  # a Tuesday
CHILD = Profile(key="younger", name="Bé Na", line=9, language=Language.VIETNAMESE)
POLICY = Policy(
    file="family.yaml",
    revision="0",
    timezone=ZONE.key,
    country="VN",
    profiles={"younger": CHILD},
)
ENGLISH_POLICY = dataclasses.replace(
    POLICY,
    profiles={"younger": dataclasses.replace(CHILD, language=Language.ENGLISH, name="Na")},
)
BLOCKED = Decision(
    id="AB12CD34EF",
    action=Action.BLOCK,
    reason=Reason.SITE,
    profile="younger",
    device=None,
    entry="roblox.com",
    file="family.yaml",
    line=31,
    until=None,
    look=Stage.NAME,
    revision="0",
)


@pytest.mark.parametrize(
    ("moment", "english", "vietnamese"),
    [
        ("2026-11-24 21:00", "today at 21:00", "lúc 21:00 hôm nay"),
        ("2026-11-25 00:00", "at midnight", "lúc nửa đêm nay"),
        ("2026-11-25 07:00", "tomorrow at 07:00", "lúc 07:00 ngày mai"),
        ("2026-11-27 17:00", "on Friday at 17:00", "lúc 17:00 thứ Sáu"),
        ("2026-11-29 09:05", "on Sunday at 09:05", "lúc 09:05 Chủ nhật"),
        ("2026-12-21 00:00", "on 21 December at 00:00", "lúc 00:00 ngày 21 tháng 12"),
    ],
)
def test_moments_are_said_as_people_say_them(moment: str, english: str, vietnamese: str) -> None:
    when = datetime.fromisoformat(moment).replace(tzinfo=ZONE).astimezone(UTC)

    said = {
        language: moment_words(when, language=language, policy=POLICY, now=NOW)
        for language in Language
    }
    assert said == {Language.ENGLISH: english, Language.VIETNAMESE: vietnamese}


@pytest.mark.parametrize("policy", [POLICY, ENGLISH_POLICY])
@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.HELP])
def test_every_block_has_words_for_the_child(
    reason: Reason, policy: Policy, catalog: Catalog
) -> None:
    for category, entry in itertools.product(("games", "bare-address", None), ("a.b", None)):
        decision = dataclasses.replace(BLOCKED, reason=reason, category=category, entry=entry)
        words = block_words(decision, policy=policy, catalog=catalog, moment=NOW)

        assert words.language is policy.profiles["younger"].language
        assert words.title
        assert words.why
        assert words.ask
        assert "None" not in " ".join(str(part) for part in dataclasses.astuple(words))


def test_the_child_reads_topic_note_and_hour(catalog: Catalog) -> None:
    decision = dataclasses.replace(
        BLOCKED,
        reason=Reason.CATEGORY,
        category="games",
        note="after the exams",
        until=datetime(2026, 11, 25, 17, tzinfo=ZONE),
    )
    words = block_words(decision, policy=ENGLISH_POLICY, catalog=catalog, moment=NOW)

    assert "“games pages”" in words.why
    assert "“after the exams”" in words.why
    assert words.until == "It opens again tomorrow at 17:00."
    assert words.origin == "family.yaml, line 31"


def test_the_child_reads_what_is_used_up_and_when_it_starts_again(catalog: Catalog) -> None:
    budget = Budget(key="games", allowances={"tue": timedelta(minutes=30)}, line=31)
    child = dataclasses.replace(ENGLISH_POLICY.profiles["younger"], budgets={"games": budget})
    policy = dataclasses.replace(ENGLISH_POLICY, profiles={"younger": child})
    decision = dataclasses.replace(
        BLOCKED,
        reason=Reason.BUDGET,
        entry="games",
        listed="tue",
        until=datetime(2026, 11, 25, tzinfo=ZONE),
    )
    words = block_words(decision, policy=policy, catalog=catalog, moment=NOW)

    assert words.title == "That’s it for today"
    assert words.why == "Your time for “games pages” is used up for today: it was 30 minutes."
    assert words.until == "It starts again at midnight."
    none = dataclasses.replace(budget, allowances={"tue": timedelta()})
    child = dataclasses.replace(child, budgets={"games": none})
    policy = dataclasses.replace(policy, profiles={"younger": child})
    words = block_words(decision, policy=policy, catalog=catalog, moment=NOW)
    assert words.title == "This page is closed for now"
    assert words.why.startswith("Not today: in your family’s rules “Tuesday” has no time")


def test_the_child_of_a_profile_that_asks_is_invited_to(catalog: Catalog) -> None:
    decision = dataclasses.replace(BLOCKED, reason=Reason.ASK, entry=None)
    words = block_words(decision, policy=ENGLISH_POLICY, catalog=catalog, moment=NOW)
    assert words.why.startswith("Nobody has decided about this page yet.")
    assert words.ask.startswith("Do you need it? Ask a parent")


def test_braces_in_a_note_are_only_text(catalog: Catalog) -> None:
    decision = dataclasses.replace(BLOCKED, note="{file} {0} {")
    words = block_words(decision, policy=POLICY, catalog=catalog, moment=NOW)

    assert "{file} {0} {" in words.why


@pytest.mark.parametrize("language", Language)
def test_every_decision_has_a_line_for_the_parent(language: Language, catalog: Catalog) -> None:
    for reason, action in itertools.product(Reason, Action):
        for category in ("games", "bare-address", None):
            decision = dataclasses.replace(
                BLOCKED, reason=reason, action=action, category=category, listed="a.b"
            )
            assert reason_line(decision, language=language, catalog=catalog)


def test_a_decision_without_a_line_is_built_in_and_a_grant_is_a_parent() -> None:
    built_in = dataclasses.replace(BLOCKED, file=BUILT_IN, line=None)
    granted = dataclasses.replace(built_in, reason=Reason.GRANT)

    assert origin_words(built_in, language=Language.ENGLISH) == "built into Porchlight"
    assert origin_words(granted, language=Language.ENGLISH) == "a parent’s answer"


def test_a_step_names_its_entry_line_and_topic(catalog: Catalog) -> None:
    step = Step(
        question="category",
        answer=Action.BLOCK,
        decides=True,
        entry="games",
        line=9,
        detail="games",
    )

    assert step_line(step, language=Language.ENGLISH, catalog=catalog) == (
        "Is it in a category or service that an entry names? It is blocked. “games”, line 9 (games pages)"
    )


@pytest.mark.parametrize("question", ["category", "default"])
def test_a_question_behind_an_open_door_is_not_answered_with_no(
    question: str, catalog: Catalog
) -> None:
    step = Step(question=question, answer=None, decides=False, is_skipped=True)

    said = step_line(step, language=Language.ENGLISH, catalog=catalog)
    assert said.endswith("? Not asked: an entry has opened the door.")
    said = step_line(step, language=Language.VIETNAMESE, catalog=catalog)
    assert said.endswith("? Không cần xét: đã có mục cho phép.")


def test_an_open_window_names_its_day(catalog: Catalog) -> None:
    opening = Opening(
        is_open=True,
        kind="free_night",
        day=date(2026, 11, 27),
        window=Window(opens=time(22), closes=time(0, 30), line=3),
        until=None,
    )
    step = Step(question="window", answer=None, decides=False, opening=opening)

    assert "Friday’s window 22:00-00:30" in step_line(
        step, language=Language.ENGLISH, catalog=catalog
    )
    assert "22:00-00:30 của thứ Sáu" in step_line(
        step, language=Language.VIETNAMESE, catalog=catalog
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", ChangeKind)
def test_every_change_has_words(kind: ChangeKind, language: Language) -> None:
    change = Change(kind=kind, at=NOW, host="a.b", line=7, entries=((7, "a.b"),))
    line = change_line(change, language=language, policy=POLICY, profile="younger", now=NOW)

    assert line
    assert "None" not in line


def test_a_change_says_which_lines_and_what_has_to_follow() -> None:
    edit = Change(kind=ChangeKind.EDIT, entries=((7, "a.com"), (9, "video")), is_enough=False)
    allow = Change(kind=ChangeKind.ALLOW, host="a.com", line=12)

    def said(change: Change, language: Language = Language.ENGLISH) -> str:
        return change_line(change, language=language, policy=POLICY, profile="younger", now=NOW)

    assert said(edit) == (
        "Change or remove in the rules: “a.com” (line 7), “video” (line 9)."
        " After that a parent can open it for Bé Na for a while."
    )
    assert said(edit, Language.VIETNAMESE) == (
        "Sửa hoặc xoá trong nội quy: “a.com” (dòng 7), “video” (dòng 9)."
        " Sau đó bố mẹ có thể mở tạm cho Bé Na."
    )
    assert said(allow) == "Allow a.com for Bé Na: line 12 of the rules."
    assert said(dataclasses.replace(allow, line=None)) == "Allow a.com for Bé Na."


def test_helplines_belong_to_the_country_never_to_the_language(catalog: Catalog) -> None:
    found = helpline_words(POLICY, catalog, language=Language.ENGLISH)
    elsewhere = dataclasses.replace(POLICY, country="NZ")

    assert [line.number for line in found] == ["111"]
    assert helpline_words(elsewhere, catalog, language=Language.VIETNAMESE) == ()


def test_what_is_changed_on_the_way_is_said_with_its_line() -> None:
    assert rewrite_line(None, language=Language.ENGLISH) == ""
    said = {
        language: [
            rewrite_line(Rewrite(what=what, line=12), language=language)
            for what in ("safe", "youtube.strict", "youtube.moderate")
        ]
        for language in Language
    }
    assert all(text.endswith("(line 12)") for text in said[Language.ENGLISH])
    assert all(text.endswith("(dòng 12)") for text in said[Language.VIETNAMESE])
    assert len({text for texts in said.values() for text in texts}) == 6
    assert "12" not in rewrite_line(Rewrite(), language=Language.ENGLISH)


@pytest.mark.parametrize(
    ("category", "language", "line", "why"),
    [
        (
            "raw-tunnels",
            Language.ENGLISH,
            "blocked by “x”: raw-tunnels pages (a.example, neither TLS nor HTTP)",
            "This is no web page but a connection of another kind",
        ),
        (
            "dns-bypass",
            Language.VIETNAMESE,
            "bị chặn theo mục “x”: trang dns-bypass (a.example, nhìn cách hỏi mà biết)",
            "Đây là cách hỏi địa chỉ trang mà ở nhà không ai thấy được",
        ),
    ],
)
def test_what_a_request_is_is_told_where_no_list_names_its_host(
    category: str, language: Language, line: str, why: str, catalog: Catalog
) -> None:
    decision = dataclasses.replace(
        BLOCKED,
        reason=Reason.CATEGORY,
        category=category,
        entry="x",
        listed="a.example",
        source=ITS_SHAPE,
    )
    assert reason_line(decision, language=language, catalog=catalog) == line
    policy = POLICY if language is Language.VIETNAMESE else ENGLISH_POLICY
    words = block_words(decision, policy=policy, catalog=catalog, moment=NOW)
    assert words.why.startswith(why)
