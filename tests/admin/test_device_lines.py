"""A stranger in words."""

from datetime import timedelta

import pytest
from flask import Flask, g

from admin.device_lines import stranger_line
from admin.house import house
from rules.policy import Language
from rules.sighting import Sighting, Way
from tests.admin.family import NOW


@pytest.mark.parametrize(
    ("mac", "is_made_up"),
    [("a4:83:e7:12:9f:02", False), ("a6:83:e7:12:9f:02", True), (None, False)],
)
def test_a_private_mac_is_seen_as_one(app: Flask, mac: str | None, *, is_made_up: bool) -> None:
    seen = Sighting(
        thing="x",
        device=None,
        address="192.168.1.77",
        mac=mac,
        profile="gone",
        way=Way.DNS,
        first=NOW - timedelta(days=1),
        last=NOW,
    )
    with app.test_request_context():
        g.language = Language.ENGLISH
        line = stranger_line(seen, house().standing())
    assert (line.mac, line.is_made_up) == (mac or "", is_made_up)
    assert (line.last, line.profile) == ("today at 16:00", "gone")
