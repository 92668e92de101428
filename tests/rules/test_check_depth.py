"""Entries on a page of a site that is never opened."""

from dataclasses import replace

import pytest

from rules.catalog import Catalog
from rules.check import warnings
from rules.compile import compile_policy
from rules.policy import Device, Entry, Site
from tests.rules.findings import HEAD, NOON, compiled, found, said, tried

SILENT = "cannot be carried out: this site is never opened, so nobody sees its single pages"
DEVICE = "devices:\n  tablet: {ip: 192.168.1.4}\n"


def block(entry: str) -> str:
    return f"profiles:\n  child:\n    devices: [tablet]\n    block: [{entry}]\n{DEVICE}"


@pytest.mark.parametrize(
    "entry", ["app.example/reel", "www.bank.example/loans", "app.example/a?b=c"]
)
def test_a_page_of_what_is_never_opened_cannot_be_told_apart(entry: str, catalog: Catalog) -> None:
    assert said(block(entry), catalog) == [f"4: {entry} {SILENT}"]


@pytest.mark.parametrize("entry", ["app.example", "notapp.example/reel", "/reel/"])
def test_a_name_or_a_page_of_another_site_is_no_fault(entry: str, catalog: Catalog) -> None:
    assert said(block(entry), catalog) == []


def test_it_is_told_for_each_list_and_shown_by_a_request(catalog: Catalog) -> None:
    text = "never: [bank.example/loans]\n"
    assert said(text, catalog) == [f"1: bank.example/loans {SILENT}"]
    assert tried(text, catalog) == ["https://bank.example/loans unknown Fri 12:00"]


def test_only_an_app_can_be_opened_by_a_device(catalog: Catalog) -> None:
    (app,) = found(block("app.example/reel"), catalog)
    (bank,) = found(block("bank.example/loans"), catalog)
    assert "decrypt: [app.example]" in app.hint
    assert bank.hint == "name the whole site, or remove the line"


def test_where_a_device_opens_the_app_the_entry_is_alive(catalog: Catalog) -> None:
    policy = compiled(HEAD + block("www.app.example/reel"), catalog).policy
    opened = (Entry(address="app.example", target=Site(host="app.example"), line=9),)

    def told(device: Device) -> int:
        rules = compile_policy(replace(policy, devices={"tablet": device}), catalog)
        return len(warnings(rules, moment=NOON))

    tablet = policy.devices["tablet"]
    assert told(tablet) == 1
    assert told(replace(tablet, opens=opened)) == 0
