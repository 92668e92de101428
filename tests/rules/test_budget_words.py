"""What people read about time that is left or used up."""

from datetime import timedelta

import pytest

from rules.budget import Balance
from rules.budget_words import answer_words, is_without_time, span_words, why_words
from rules.decision import Decision, Reason
from rules.policy import Action, Budget, Language, Policy, Profile
from rules.request import Stage

MINUTE = timedelta(minutes=1)
ALLOWANCES = {
    "school_night": timedelta(),
    "sat": timedelta(),
    "every_day": timedelta(),
    "fri": timedelta(minutes=90),
}
CHILD = Profile(
    key="child",
    name="Na",
    line=3,
    language=Language.ENGLISH,
    budgets={
        key: Budget(key=key, allowances=ALLOWANCES, line=5) for key in ("games", "everything")
    },
)
POLICY = Policy(file="family.yaml", revision="0", timezone="UTC", profiles={"child": CHILD})


def decision(kind: str, budget: str = "games") -> Decision:
    return Decision(
        id="AB12",
        action=Action.BLOCK,
        reason=Reason.BUDGET,
        profile="child",
        device=None,
        entry=budget,
        file="family.yaml",
        line=5,
        until=None,
        look=Stage.NAME,
        revision="0",
        listed=kind,
    )


def standing(left: int | None, whole: int | None, kind: str = "fri") -> Balance:
    return Balance(
        budget="games",
        kind=kind,
        line=5,
        whole=None if whole is None else whole * MINUTE,
        left=None if left is None else left * MINUTE,
        until=None,
    )


@pytest.mark.parametrize(
    ("seconds", "english", "vietnamese"),
    [
        (0, "less than a minute", "chưa đến 1 phút"),
        (59, "less than a minute", "chưa đến 1 phút"),
        (60, "1 minute", "1 phút"),
        (12 * 60 + 59, "12 minutes", "12 phút"),
        (3600, "1 hour", "1 giờ"),
        (5400, "1 hour 30 minutes", "1 giờ 30 phút"),
        (86_400, "24 hours", "24 giờ"),
    ],
)
def test_a_stretch_is_said_in_hours_and_minutes(
    seconds: int, english: str, vietnamese: str
) -> None:
    span = timedelta(seconds=seconds)
    assert span_words(Language.ENGLISH, span) == english
    assert span_words(Language.VIETNAMESE, span) == vietnamese


@pytest.mark.parametrize(
    ("kind", "budget", "english", "vietnamese"),
    [
        (
            "fri",
            "games",
            "Your time for “games” is used up for today: it was 1 hour 30 minutes.",
            "Hôm nay con đã dùng hết 1 giờ 30 phút cho “games”.",
        ),
        (
            "fri",
            "everything",
            "Your time for the internet is used up for today: it was 1 hour 30 minutes.",
            "Hôm nay con đã dùng hết 1 giờ 30 phút cho việc dùng mạng.",
        ),
        (
            "school_night",
            "games",
            "Not today: in your family’s rules “school night” has no time for “games”.",
            "Hôm nay thì chưa: theo nội quy của nhà mình, “school night” không có thời gian cho “games”.",
        ),
        (
            "sat",
            "games",
            "Not today: in your family’s rules “Saturday” has no time for “games”.",
            "Hôm nay thì chưa: theo nội quy của nhà mình, “thứ Bảy” không có thời gian cho “games”.",
        ),
        (
            "every_day",
            "games",
            "In your family’s rules there is no time for “games”.",
            "Theo nội quy của nhà mình, chưa có thời gian cho “games”.",
        ),
        (
            "gone_from_the_rules",
            "games",
            "Your time for “games” is used up for today.",
            "Hôm nay con đã dùng hết thời gian cho “games”.",
        ),
    ],
)
def test_a_child_reads_what_is_used_up_and_how_much_it_was(
    kind: str, budget: str, english: str, vietnamese: str
) -> None:
    said = [
        why_words(decision(kind, budget), policy=POLICY, language=language, topic=budget)
        for language in Language
    ]
    assert said == [english, vietnamese]


def test_a_day_without_time_is_told_from_one_that_is_used_up() -> None:
    assert is_without_time(decision("sat"), POLICY)
    assert not is_without_time(decision("fri"), POLICY)
    assert not is_without_time(decision("sat", "unknown"), POLICY)


@pytest.mark.parametrize(
    ("found", "english", "vietnamese"),
    [
        (None, "No budget counts it.", "Không tính vào thời lượng nào."),
        (standing(None, None), "Yes: no limit today.", "Có: hôm nay không giới hạn."),
        (
            standing(12, 30),
            "Yes: 12 minutes left of 30 minutes.",
            "Có: còn 12 phút trong 30 phút.",
        ),
        (standing(0, 30), "No: 30 minutes used up.", "Không: đã dùng hết 30 phút."),
        (
            standing(0, 0, "school_night"),
            "No: none on “school night”.",
            "Không: “school night” không có thời gian.",
        ),
        (
            standing(0, 0, "every_day"),
            "No: none on “every day”.",
            "Không: “mọi ngày” không có thời gian.",
        ),
    ],
)
def test_a_parent_reads_how_much_is_left(
    found: Balance | None, english: str, vietnamese: str
) -> None:
    assert answer_words(found, Language.ENGLISH) == english
    assert answer_words(found, Language.VIETNAMESE) == vietnamese
