"""What a parent reads of an app that refuses, and of what was let through."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask, g
from sqlalchemy import Engine

from admin.house import House, house
from admin.refused_lines import MANY, Refusal, doubts, leaves, refusals
from rules.facts import Facts, Passage
from rules.handshakes import ANYWHERE, KEPT, RUN, Answer, Met
from rules.policy import Language
from store import handshakes
from tests.admin.family import NOW, Clock

SECOND = timedelta(seconds=1)
REFUSED = Met(device="phone", host="api.shopee.vn", profile="teen", answer=Answer.REFUSED, at=NOW)


def note(engine: Engine, host: str, *answers: Answer, times: int = RUN, at: int = 0) -> None:
    met = replace(REFUSED, host=host, at=NOW + at * SECOND)
    trusting = replace(met, host=ANYWHERE, answer=Answer.ACCEPTED)
    more = [replace(met, answer=answer) for answer in answers]
    handshakes.note(engine, [trusting, *[met] * times, *more])


@pytest.fixture
def here(app: Flask) -> House:
    with app.app_context():
        return house()


def listed(app: Flask, here: House) -> list[Refusal]:
    with app.test_request_context("/devices/refused"):
        g.language = Language.ENGLISH
        return refusals(here, here.standing())


def test_the_newest_stands_first(app: Flask, here: House, sqlite_engine: Engine) -> None:
    note(sqlite_engine, "one.example")
    note(sqlite_engine, "two.example", at=5)
    assert [one.host for one in listed(app, here)] == ["two.example", "one.example"]


def test_a_refusal_too_few_is_not_told(app: Flask, here: House, sqlite_engine: Engine) -> None:
    note(sqlite_engine, "one.example", times=RUN - 1)
    assert listed(app, here) == []


def test_what_else_works_there_is_told(app: Flask, here: House, sqlite_engine: Engine) -> None:
    note(sqlite_engine, "one.example", Answer.ACCEPTED)
    note(sqlite_engine, "two.example")
    assert {one.host: one.is_taken_too for one in listed(app, here)} == {
        "one.example": True,
        "two.example": False,
    }


def test_it_is_forgotten_after_a_week(
    app: Flask, here: House, sqlite_engine: Engine, clock: Clock
) -> None:
    note(sqlite_engine, "one.example")
    clock.wind(KEPT)
    assert listed(app, here) == []


def test_a_leave_can_mean_the_host_its_domain_or_the_service(
    app: Flask, here: House, sqlite_engine: Engine
) -> None:
    note(sqlite_engine, "api.shopee.vn")
    (found,) = listed(app, here)
    assert [(one.key, one.hosts[:1]) for one in found.reaches[:2]] == [
        ("api.shopee.vn", ("api.shopee.vn",)),
        ("shopee.vn", ("shopee.vn",)),
    ]
    service = found.reaches[2]
    assert service.key == "shopee"
    assert set(service.hosts) == here.catalog.topics["shopee"].hosts
    assert found.name == "Shopee"


def test_a_device_that_refuses_everywhere_has_perhaps_lost_the_certificate(
    app: Flask, here: House, sqlite_engine: Engine
) -> None:
    def told() -> list[tuple[str, str]]:
        with app.test_request_context("/devices/refused"):
            g.language = Language.ENGLISH
            return doubts(here)

    for n in range(MANY):
        assert told() == []
        met = replace(REFUSED, host=f"{n}.example", at=NOW + SECOND)
        trusting = replace(met, host=ANYWHERE, answer=Answer.ACCEPTED, at=NOW)
        handshakes.note(sqlite_engine, [*[trusting] * (n == 0), *[met] * RUN])
    assert told() == [("phone", "today at 16:00")]
    handshakes.note(sqlite_engine, [replace(trusting, at=NOW + 2 * SECOND)])
    assert told() == []


def test_a_domain_of_its_own_leaves_no_choice(
    app: Flask, here: House, sqlite_engine: Engine
) -> None:
    note(sqlite_engine, "one.example")
    (found,) = listed(app, here)
    assert [one.key for one in found.reaches] == ["one.example"]
    assert found.name == found.host


def test_what_one_click_gave_stands_together(app: Flask) -> None:
    first = Passage(device="phone", host="a.example", given=NOW, ends=NOW + KEPT, by="Lan")
    same = replace(first, host="b.example")
    later = replace(first, host="c.example", given=NOW + SECOND)
    with app.test_request_context("/devices/refused"):
        g.language = Language.ENGLISH
        found = leaves(Facts(passages=(first, same, later)))
    assert [one.names for one in found] == ["a.example, b.example", "c.example"]
    assert {one.by for one in found} == {"Lan"}
