"""What is opened, as the page tells it."""

import pytest
from flask import Flask

from store.settings import Settings
from tests.admin.family import Parent
from tests.admin.listed import put_in_force, write_rules

RULES = """\
porchlight: 1
timezone: UTC
profiles:
  younger:
    name: Younger <child>
    devices: [tablet]
    block:
      - good.example/secret/
      - facebook.com/reel
      - {search: bomb}
  teen:
    name: Teen
    block: [{file: [exe]}]
  grown: {name: Grown}
devices:
  tablet: {ip: 192.168.1.7}
"""


@pytest.fixture(autouse=True)
def rules(app: Flask, settings: Settings) -> None:
    write_rules(settings, RULES)
    put_in_force(app)


def test_each_profile_shows_what_it_opens_and_the_line_that_asks(parent: Parent) -> None:
    page = parent.get("/rules/opened").text
    younger, teen, grown, unknown = page.split('<section class="card">')[1:5]
    assert "Younger &lt;child&gt;" in younger
    assert "Only these sites are opened" in younger
    assert '<a href="/rules#line-8">family.yaml:8</a>' in younger
    assert "sites with a search of their own" in younger
    assert "Every site is opened" in teen
    assert "file: exe" in teen
    assert "Nothing is opened" in grown
    assert "Nothing is opened" in unknown


def test_a_line_that_sees_nothing_has_its_reason(parent: Parent) -> None:
    page = parent.get("/rules/opened").text
    assert "These lines see nothing where a site is never opened" in page
    assert "facebook.com: an app that accepts no other certificate" in page


def test_what_is_never_opened_is_listed_by_kind(parent: Parent) -> None:
    page = parent.get("/rules/opened").text
    assert "Never opened, for anybody" in page
    assert "vietcombank.com.vn" in page
    assert "an office of the state" in page
    assert "tongdai111.vn" in page


@pytest.mark.parametrize(
    ("address", "who", "said"),
    [
        ("good.example", "younger", "good.example: Opened: good.example/secret/ wants to see"),
        ("https://www.Other.example/a", "younger", "www.other.example: By its name alone"),
        ("vietcombank.com.vn", "teen", "Never opened: this is a bank or a payment service."),
        ("http://good.example", "younger", "Not encrypted"),
        ("a..b", "younger", "This is not an address of the web"),
        ("good.example", "nobody", "This profile is not in the rules any more."),
    ],
)
def test_a_site_can_be_asked_about(parent: Parent, address: str, who: str, said: str) -> None:
    assert said in parent.get(f"/rules/opened?address={address}&profile={who}").text


def test_the_rules_and_the_answer_to_why_lead_there(parent: Parent) -> None:
    assert 'href="/rules/opened"' in parent.get("/rules").text
    page = parent.get("/explain?address=good.example&profile=younger").text
    assert "Opened: good.example/secret/ wants to see which page it is (line 8)." in page
    assert 'href="/rules/opened"' in page


def test_it_is_told_in_vietnamese(parent: Parent) -> None:
    page = parent.get("/rules/opened", headers={"Accept-Language": "vi"}).text
    assert "Chỉ các trang này bị mở ra xem" in page
    assert "ngân hàng hoặc ví điện tử" in page
