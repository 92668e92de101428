"""Whether the filter works, and with which rules."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from admin.health import Health, State, look
from tests.admin.family import NOW, work


def seen(app: Flask) -> Health:
    here = app.extensions["porchlight"]
    return look(here, here.standing(), NOW)


def test_without_a_worker_nothing_works(app: Flask) -> None:
    assert seen(app).state is State.SILENT
    assert seen(app).last_seen is None


def test_a_worker_that_just_reported_works(app: Flask, sqlite_engine: Engine) -> None:
    work(sqlite_engine, seen=NOW - timedelta(seconds=15))
    assert seen(app).state is State.WORKING
    assert seen(app).since == NOW - timedelta(minutes=2)


def test_a_worker_that_fell_silent_does_not_work(app: Flask, sqlite_engine: Engine) -> None:
    work(sqlite_engine, seen=NOW - timedelta(seconds=16))
    assert seen(app).state is State.SILENT
    assert seen(app).last_seen == NOW - timedelta(seconds=16)


@pytest.mark.parametrize("change", [{"revision": "000000000000"}, {"problem": "disk full"}])
def test_one_worker_with_other_rules_or_a_problem_is_said(
    app: Flask, sqlite_engine: Engine, change: dict[str, str]
) -> None:
    work(sqlite_engine)
    work(sqlite_engine, name="proxy-2", **change)
    assert seen(app).state is State.BEHIND


def test_in_force_since_is_when_the_last_worker_had_it(app: Flask, sqlite_engine: Engine) -> None:
    work(sqlite_engine)
    work(sqlite_engine, name="proxy-2", in_force_since=NOW - timedelta(seconds=1))
    assert seen(app).since == NOW - timedelta(seconds=1)


def test_a_worker_without_rules_yet_is_behind(app: Flask, sqlite_engine: Engine) -> None:
    work(sqlite_engine, revision="")
    assert seen(app).state is State.BEHIND


def test_lost_lines_of_all_workers_are_added_up(app: Flask, sqlite_engine: Engine) -> None:
    work(sqlite_engine, dropped=2)
    work(sqlite_engine, name="proxy-2", dropped=3)
    assert seen(app).dropped == 5
