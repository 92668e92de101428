"""What devices are known by, as the rule file says it; what is refused is told by the files under broken/."""

from ipaddress import ip_address

import pytest

from rules.catalog import Catalog
from rules.policy import Device
from rules.policy_devices import login_of, mac_of
from rules.policy_text import parse

HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\ndevices:\n"


def device(written: str, catalog: Catalog) -> Device:
    policy = parse(f"{HEAD}  it: {written}\n", file="family.yaml", catalog=catalog)
    return policy.devices["it"]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("{mac: A4-83-E7-12-9F-01}", Device(mac="a4:83:e7:12:9f:01", line=4)),
        ("{mac: 02:00:00:00:00:01}", Device(mac="02:00:00:00:00:01", line=4)),
        ("{login: Mai-2}", Device(login="mai-2", line=4)),
        ("{wireguard: Máy-bảng}", Device(wireguard="Máy-bảng", line=4)),
        ("{port: 8083}", Device(port=8083, line=4)),
        ('{ip: "2001:db8::1"}', Device(address=ip_address("2001:db8::1"), line=4)),
        (
            "{ip: 10.0.0.2, mac: 10:11:12:13:14:15}",
            Device(address=ip_address("10.0.0.2"), mac="10:11:12:13:14:15", line=4),
        ),
    ],
)
def test_a_device_is_known_by_what_is_written(
    written: str, known: Device, catalog: Catalog
) -> None:
    assert device(written, catalog) == known


@pytest.mark.parametrize("text", ["", "01:00:5e:00:00:01", "a4:83:e7:12:9f:0g", "a483e7129f01"])
def test_what_no_network_card_has_is_no_mac(text: str) -> None:
    assert mac_of(text) is None


@pytest.mark.parametrize("text", ["", "a b", "-a", "em:bé", "ı"])
def test_what_could_not_be_typed_everywhere_is_no_login(text: str) -> None:
    assert login_of(text) is None
