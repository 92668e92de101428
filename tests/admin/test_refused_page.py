"""An app that refuses is let through on one device by one click, and only where its name is open."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from admin.refused_lines import MANY
from rules.facts import Passage
from rules.handshakes import ANYWHERE, KEPT, RUN, Answer, Met
from store import audit, handshakes, passages, policies
from store.settings import Settings
from tests.admin.family import NOW, RULES, Clock, Parent

PAGE = "/devices/refused"
SECOND = timedelta(seconds=1)
DEED = {"device": "phone", "host": "api.shopee.vn", "reach": "api.shopee.vn", "answer": "pass"}


def refuse(
    engine: Engine, host: str = "api.shopee.vn", device: str = "phone", at: datetime = NOW
) -> None:
    """A device that trusts us elsewhere refuses at a host."""
    trusting = Met(device=device, host=ANYWHERE, profile="teen", answer=Answer.ACCEPTED, at=at)
    seen = [
        Met(device=device, host=host, profile="teen", answer=Answer.REFUSED, at=at + n * SECOND)
        for n in range(RUN)
    ]
    handshakes.note(engine, [trusting, *seen])


def live(engine: Engine, moment: datetime = NOW) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in passages.live(engine, moment):
        found.setdefault(one.device, []).append(one.host)
    return found


def test_what_refuses_is_shown_with_what_still_protects(
    parent: Parent, sqlite_engine: Engine
) -> None:
    refuse(sqlite_engine)
    page = parent.get(PAGE).text
    assert "Shopee on phone" in page
    assert "<dd>Teen</dd>" in page
    assert "3 times, last today at 16:00" in page
    assert "Still holds: what is closed by its name or its category" in page
    assert 'value="api.shopee.vn" checked' in page
    assert "All of shopee.vn" in page
    assert "All that belongs to Shopee:" in page


def test_it_is_told_on_the_first_page(parent: Parent, sqlite_engine: Engine) -> None:
    assert PAGE not in parent.get("/").text
    refuse(sqlite_engine)
    page = parent.get("/").text
    assert "An app does not work behind the filter" in page
    assert f'href="{PAGE}"' in page


def test_one_click_lets_it_through_on_this_device_for_a_week(
    parent: Parent, sqlite_engine: Engine, clock: Clock
) -> None:
    refuse(sqlite_engine)
    parent.get(PAGE)
    page = parent.see(PAGE, **DEED).text
    assert "Shopee passes unopened on phone now. It ends on 1 December at 16:00." in page
    (given,) = passages.live(sqlite_engine, NOW)
    assert given == Passage(
        device="phone", host="api.shopee.vn", given=NOW, ends=NOW + timedelta(days=7), by="Lan"
    )
    assert "Let through now" in page
    assert "No app is known to refuse now." in page
    assert audit.read(sqlite_engine, 1)[0].detail == "phone: api.shopee.vn"
    clock.wind(timedelta(days=7))
    assert "Let through now" not in parent.get(PAGE).text


@pytest.mark.parametrize("reach", ["shopee.vn", "shopee"])
def test_an_app_of_several_hosts_is_let_through_at_all_of_them(
    parent: Parent, sqlite_engine: Engine, reach: str
) -> None:
    refuse(sqlite_engine)
    parent.see(PAGE, **(DEED | {"reach": reach}))
    hosts = live(sqlite_engine)["phone"]
    assert "shopee.vn" in hosts
    assert (len(hosts) > 1) is (reach == "shopee")


def test_it_can_be_ended_and_is_asked_again(parent: Parent, sqlite_engine: Engine) -> None:
    refuse(sqlite_engine)
    parent.see(PAGE, **DEED)
    page = parent.see(f"{PAGE}/end", device="phone", host="api.shopee.vn").text
    assert "Done. It is opened again" in page
    assert live(sqlite_engine) == {}
    assert "Shopee on phone" in page
    again = parent.see(f"{PAGE}/end", device="phone", host="api.shopee.vn").text
    assert "That was over already." in again
    deeds = [line.what for line in audit.read(sqlite_engine, 3)]
    assert deeds.count("passage ended") == 1


def test_it_can_be_written_into_the_rules(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    refuse(sqlite_engine)
    page = parent.see(PAGE, **(DEED | {"answer": "always", "reach": "shopee"})).text
    assert "shopee passes unopened on phone. It is now a line of the rules." in page
    assert "  phone: {ip: 192.168.1.21, tunnel: [shopee]}\n" in settings.rules_path.read_text()
    newest, older = policies.history(sqlite_engine, 2)
    assert f'action="/rules/history/{older.revision}/restore"' in page
    assert newest.who == "Lan"
    assert live(sqlite_engine) == {}
    assert "No app is known to refuse now." in page, "what the rules let pass is not asked"


def test_a_parent_who_leaves_it_closed_is_not_asked_for_a_week(
    parent: Parent, sqlite_engine: Engine, clock: Clock
) -> None:
    refuse(sqlite_engine)
    page = parent.see(PAGE, **(DEED | {"answer": "closed"})).text
    again = "You may be asked about api.shopee.vn on phone again on 1 December at 16:00."
    assert f"Nothing changes. {again}" in page
    assert "No app is known to refuse now." in page
    assert live(sqlite_engine) == {}
    clock.wind(KEPT)
    refuse(sqlite_engine, at=clock.moment)
    assert "Shopee on phone" in parent.get(PAGE).text


@pytest.mark.parametrize(
    ("device", "host"),
    [
        ("phone", "tiktok.com"),
        ("phone", "www.pornhub.com"),
        ("tablet", "api.shopee.vn"),
        ("phone", "childline.org.uk"),
    ],
    ids=["own entry", "never", "default", "never opened"],
)
def test_what_its_name_closes_or_passes_anyhow_is_never_offered(
    parent: Parent, sqlite_engine: Engine, device: str, host: str
) -> None:
    refuse(sqlite_engine, host, device)
    assert "No app is known to refuse now." in parent.get(PAGE).text
    page = parent.see(PAGE, device=device, host=host, reach=host, answer="pass").text
    assert f"There is nothing to decide about {host} any more." in page
    assert live(sqlite_engine) == {}


def test_a_closed_hour_does_not_hide_it(
    parent: Parent, sqlite_engine: Engine, clock: Clock
) -> None:
    clock.wind(timedelta(hours=5))
    refuse(sqlite_engine, "vi.wikipedia.org", "tablet", clock.moment)
    assert "Wikipedia on tablet" in parent.get(PAGE).text


def test_what_was_not_offered_is_not_taken(parent: Parent, sqlite_engine: Engine) -> None:
    refuse(sqlite_engine)
    parent.get(PAGE)
    for changed in ({"reach": "example.com"}, {"answer": "open"}, {"reach": ""}):
        assert parent.post(PAGE, **(DEED | changed)).status_code == 400
    assert live(sqlite_engine) == {}


def test_a_device_without_a_name_is_known_by_its_address(
    parent: Parent, sqlite_engine: Engine
) -> None:
    refuse(sqlite_engine, device="192.168.1.77")
    page = parent.get(PAGE).text
    assert "Shopee on 192.168.1.77" in page
    assert "Better name it first." in page
    assert 'value="always"' not in page
    deed = DEED | {"device": "192.168.1.77"}
    assert parent.post(PAGE, **(deed | {"answer": "always"})).status_code == 400
    parent.see(PAGE, **deed)
    assert live(sqlite_engine) == {"192.168.1.77": ["api.shopee.vn"]}


def test_a_device_that_has_left_the_rules_is_not_asked_about(
    parent: Parent, sqlite_engine: Engine
) -> None:
    refuse(sqlite_engine, device="old-phone")
    assert "No app is known to refuse now." in parent.get(PAGE).text


def test_a_device_that_refuses_everywhere_is_told_of(parent: Parent, sqlite_engine: Engine) -> None:
    refuse(sqlite_engine)
    assert "Perhaps the certificate was removed" not in parent.get(PAGE).text
    met = Met(device="phone", host="", profile="teen", answer=Answer.REFUSED, at=NOW + SECOND)
    hosts = [f"{n}.example" for n in range(MANY)]
    handshakes.note(sqlite_engine, [replace(met, host=host) for host in hosts for _ in range(RUN)])
    assert (
        "phone refuses the certificate in many places. It last took it today at 16:00."
        in parent.get(PAGE).text
    )


def test_two_clicks_do_it_once(parent: Parent, sqlite_engine: Engine) -> None:
    refuse(sqlite_engine)
    parent.see(PAGE, **DEED)
    assert "There is nothing to decide" in parent.see(PAGE, **DEED).text
    assert len(passages.live(sqlite_engine, NOW)) == 1


def test_a_broken_rule_file_is_left_alone(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    refuse(sqlite_engine)
    parent.get(PAGE)
    settings.rules_path.write_text(RULES + "nope: 1\n")
    page = parent.see(PAGE, **(DEED | {"answer": "always"})).text
    assert "The rule file has a mistake" in page
    assert settings.rules_path.read_text() == RULES + "nope: 1\n"


def test_only_parents_decide(visitor: Parent, app: Flask, sqlite_engine: Engine) -> None:
    refuse(sqlite_engine)
    assert visitor.client.get(PAGE).status_code == 302
    answer = app.test_client().post(PAGE, data=DEED)
    assert answer.status_code in {302, 400, 403}
    assert live(sqlite_engine) == {}


def test_a_form_without_its_token_does_nothing(parent: Parent, sqlite_engine: Engine) -> None:
    refuse(sqlite_engine)
    answer = parent.client.post(PAGE, data=DEED, headers={"Origin": "http://localhost"})
    assert answer.status_code in {400, 403}
    assert live(sqlite_engine) == {}


def test_it_is_said_in_vietnamese(parent: Parent, sqlite_engine: Engine) -> None:
    refuse(sqlite_engine)
    page = parent.get(PAGE, headers={"Accept-Language": "vi"}).text
    assert "Shopee trên máy phone" in page
    assert "Cho qua trên máy phone trong 7 ngày" in page
