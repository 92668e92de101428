"""Grants are kept until they end or are taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from rules.facts import Facts, Grant
from rules.policy import Action
from store.facts import add_grant, end_grant, live_grants, read_facts

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GRANT = Grant(
    id="g1",
    action=Action.ALLOW,
    site="example.com",
    profile="younger",
    given=NOON,
    ends=NOON + HOUR,
    by="Mẹ",
    note="bài tập",
)
EVERYTHING = Grant(
    id="g2", action=Action.BLOCK, site=None, profile=None, given=NOON, ends=NOON + HOUR, by="Ba"
)


def test_a_grant_counts_until_it_ends(database: Engine) -> None:
    add_grant(database, EVERYTHING)
    add_grant(database, GRANT)

    assert live_grants(database, NOON) == (GRANT, EVERYTHING)
    assert read_facts(database, NOON + HOUR - timedelta.resolution) == Facts(
        grants=(GRANT, EVERYTHING)
    )
    assert read_facts(database, NOON + HOUR) == Facts()


def test_a_grant_is_taken_back_once(database: Engine) -> None:
    add_grant(database, GRANT)
    moment = NOON + HOUR / 2

    assert end_grant(database, "g1", moment)

    assert live_grants(database, moment) == ()
    assert live_grants(database, NOON) == (replace(GRANT, ends=moment),)
    assert not end_grant(database, "g1", moment)
    assert not end_grant(database, "none", moment)


def test_an_id_is_given_once(database: Engine) -> None:
    add_grant(database, GRANT)

    with pytest.raises(IntegrityError):
        add_grant(database, replace(EVERYTHING, id="g1"))

    assert live_grants(database, NOON) == (GRANT,)
