from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

from store.own_address import family_address, own_address, shown
from store.settings import Settings

SETTINGS = Settings(home=Path("/nowhere"))


def test_what_the_settings_say_comes_first() -> None:
    named = replace(SETTINGS, address="lamp.lan", bind="0.0.0.0")
    assert own_address(named) == "lamp.lan"
    assert family_address(named) == "http://lamp.lan:8001"


def test_an_address_that_is_listened_on_is_the_one() -> None:
    assert own_address(replace(SETTINGS, bind="192.168.1.5")) == "192.168.1.5"
    assert family_address(replace(SETTINGS, bind="fd00::1")) == "http://[fd00::1]:8001"


def test_a_machine_that_listens_everywhere_is_found_by_its_way_out() -> None:
    found = own_address(replace(SETTINGS, bind="0.0.0.0"))
    try:
        assert not ip_address(found).is_unspecified
    except ValueError:  # a machine without a network has its name alone
        assert found


def test_only_ipv6_stands_in_brackets() -> None:
    assert shown("fd00::1") == "[fd00::1]"
    assert shown("192.168.1.5") == "192.168.1.5"
    assert shown("lamp.lan") == "lamp.lan"
