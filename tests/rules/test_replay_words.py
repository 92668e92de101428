from datetime import UTC, datetime

import pytest

from rules.acceptance import recall
from rules.catalog import Catalog
from rules.policy import Action, Language, Reason
from rules.replay import Replay, Visit, replay
from rules.replay_words import ReplayWords, replay_words

OLD = "porchlight: 1\ntimezone: UTC\nprofiles:\n  unknown: {name: New device}\n"


def words(catalog: Catalog, language: Language, *hosts: str, block: str) -> ReplayWords:
    old = recall(OLD, file="family.yaml", catalog=catalog)
    new = recall(OLD + f"never: [{block}]\n", file="draft.yaml", catalog=catalog)
    visits = [
        Visit(
            at=datetime(2026, 11, 24, tzinfo=UTC),
            client="192.168.1.9",
            device=None,
            scheme="https",
            host=host,
            path="",
            action=Action.ALLOW,
            reason=Reason.DEFAULT,
            entry=None,
            until=None,
        )
        for host in hosts
    ]
    return replay_words(replay(old, new, visits), new=new, language=language)


def test_a_change_is_told_with_its_examples(catalog: Catalog) -> None:
    said = words(catalog, Language.ENGLISH, "a.com", "a.com", "b.com", block="a.com, b.com")
    (shift,) = said.shifts
    assert shift.line == "New device: 3 requests to 2 sites would have been blocked."
    assert shift.examples[0] == "a.com (2): never open: a.com (draft.yaml, line 5)"
    assert (said.none, said.unsure) == ("", "")


def test_one_is_said_as_one(catalog: Catalog) -> None:
    (shift,) = words(catalog, Language.ENGLISH, "a.com", block="a.com").shifts
    assert shift.line == "New device: 1 request to 1 site would have been blocked."


def test_vietnamese_parents_read_vietnamese(catalog: Catalog) -> None:
    (shift,) = words(catalog, Language.VIETNAMESE, "a.com", block="a.com").shifts
    assert shift.line == "New device: 1 lượt truy cập tới 1 trang lẽ ra đã bị chặn."
    assert shift.examples == ("a.com (1): không bao giờ mở: a.com (draft.yaml, dòng 5)",)


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        ((), "The log holds nothing to try the rules on."),
        (("b.com",), "Nothing would have changed. 1 request of the log was tried."),
        (("b.com",) * 2, "Nothing would have changed. 2 requests of the log were tried."),
    ],
)
def test_nothing_is_said_too(catalog: Catalog, hosts: tuple[str, ...], said: str) -> None:
    found = words(catalog, Language.ENGLISH, *hosts, block="a.com")
    assert (found.none, found.shifts) == (said, ())


def test_what_the_log_does_not_keep_is_said(catalog: Catalog) -> None:
    found = words(catalog, Language.ENGLISH, "a.com", block="a.com/x/")
    assert found.unsure.startswith("1 request could not be told")


def test_that_budgets_are_not_tried_is_said(catalog: Catalog) -> None:
    new = recall(OLD, file="family.yaml", catalog=catalog)
    found = Replay(asked=1, unsure=0, shifts=(), has_budgets=True)
    assert replay_words(found, new=new, language=Language.ENGLISH).budgets.startswith("Budgets are")
    assert words(catalog, Language.ENGLISH, "a.com", block="a.com").budgets == ""


def test_an_empty_replay_has_words_in_every_language(catalog: Catalog) -> None:
    new = recall(OLD, file="family.yaml", catalog=catalog)
    nothing = Replay(asked=0, unsure=0, shifts=())
    assert all(replay_words(nothing, new=new, language=one).none for one in Language)
