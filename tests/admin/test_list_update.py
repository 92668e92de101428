"""Update now: what the keeper is asked for."""

import pytest
from sqlalchemy import Engine

from store import audit
from store.list_wishes import Wish, take_wishes
from store.settings import Settings
from tests.admin.family import Parent
from tests.admin.listed import WITH_LISTS, write_rules


@pytest.fixture(autouse=True)
def lists(settings: Settings) -> None:
    write_rules(settings, WITH_LISTS)


def test_all_are_wished_for(parent: Parent, settings: Settings, sqlite_engine: Engine) -> None:
    assert parent.post("/lists/update").location == "/lists"
    assert take_wishes(settings.lists_dir) == (Wish(),)
    assert audit.read(sqlite_engine, 1)[0].what == "update lists"


def test_one_is_wished_for(parent: Parent, settings: Settings) -> None:
    parent.post("/lists/update", key="grandmas")
    assert take_wishes(settings.lists_dir) == (Wish(keys=("grandmas",)),)


def test_the_parent_may_take_a_list_that_shrank(parent: Parent, settings: Settings) -> None:
    parent.post("/lists/update", key="grandmas", may_shrink="yes")
    assert take_wishes(settings.lists_dir) == (Wish(keys=("grandmas",), may_shrink=True),)


def test_all_lists_at_once_may_not_shrink(parent: Parent, settings: Settings) -> None:
    parent.post("/lists/update", may_shrink="yes")
    assert take_wishes(settings.lists_dir) == (Wish(),)


def test_a_list_that_is_not_on_is_not_wished_for(parent: Parent, settings: Settings) -> None:
    assert parent.post("/lists/update", key="urlhaus").status_code == 400
    assert take_wishes(settings.lists_dir) == ()


def test_a_full_disk_is_told(parent: Parent, settings: Settings) -> None:
    (settings.lists_dir / ".wishes").mkdir()
    assert "The file could not be written" in parent.see("/lists/update").text
