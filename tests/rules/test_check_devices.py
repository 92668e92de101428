"""Lines of devices that say what holds without them, or no longer hold."""

from dataclasses import replace

import pytest

from rules.catalog import Catalog, SealKind
from tests.rules.findings import said

HEAD = "profiles: {unknown: {devices: [it]}}\ndevices:\n"


@pytest.fixture
def known(catalog: Catalog) -> Catalog:
    seals = {
        "bank": SealKind(key="bank", title={}),
        "pinned": SealKind(key="pinned", title={}, is_liftable=True),
    }
    hosts = {"bank.example": "bank", "app.example": "pinned"}
    return replace(catalog, seals=seals, never_opened=hosts)


def test_what_has_ended_is_told_with_its_day(known: Catalog) -> None:
    text = HEAD + (
        "  it:\n    ip: 10.0.0.2\n    tunnel:\n"
        "      - {site: zalo, until: 2026-12-20}\n      - {site: momo.vn, until: 2026-12-25 12:01}\n"
        "    decrypt: [{site: app.example, until: 2026-12-25 12:00}]\n"
    )
    assert said(text, known) == [
        "6: zalo has ended on 2026-12-20",
        "8: app.example has ended on 2026-12-25 12:00",
    ]


def test_a_tunnel_where_nothing_is_opened_is_told(known: Catalog) -> None:
    text = HEAD + "  it: {ip: 10.0.0.2, decrypt: never, tunnel: [zalo]}\n"
    assert said(text, known) == ["3: nothing is opened on it anyhow"]


def test_what_no_line_opens_is_told(known: Catalog) -> None:
    text = (
        HEAD + "  it: {ip: 10.0.0.2, decrypt: [my.bank.example, app.example, childline.org.uk]}\n"
    )
    assert said(text, known) == [
        "3: childline.org.uk is never opened, whatever a line says",
        "3: my.bank.example is never opened, whatever a line says",
    ]
