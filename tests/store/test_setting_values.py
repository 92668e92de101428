"""A setting goes through the environment and comes out the same."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from store.setting_values import READERS, as_text, from_text, variable

addresses = st.one_of(
    st.integers(0, 2**32 - 1).map(IPv4Address), st.integers(0, 2**128 - 1).map(IPv6Address)
)
ports = st.integers(1, 65535)
labels = st.text("abcxyz", min_size=1, max_size=8)
hosts = st.lists(labels, min_size=1, max_size=3).map(lambda parts: ".".join([*parts, "example"]))


def through(key: str, value: object) -> object:
    read = READERS[key](value)
    assert READERS[key](from_text(key, as_text(read))) == read
    return read


@given(st.integers(0, 65535))
def test_ports(port: int) -> None:
    assert through("proxy_port", port) == port


@given(addresses)
def test_addresses(address: IPv4Address | IPv6Address) -> None:
    assert through("bind", str(address)) == str(address)


@given(st.lists(st.tuples(addresses, ports)))
def test_machines_inside_the_house(
    machines: list[tuple[IPv4Address | IPv6Address, int]],
) -> None:
    written = [
        f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
        for address, port in machines
    ]

    assert through("reach", written) == tuple(written)


@given(st.dictionaries(hosts, addresses.map(str), max_size=5))
def test_names(names: dict[str, str]) -> None:
    assert through("names", names) == names


@given(st.lists(hosts, max_size=5))
def test_hosts_of_the_pages(names: list[str]) -> None:
    assert through("admin_hosts", names) == tuple(names)


def test_variables_are_named_after_their_setting() -> None:
    assert variable("admin_hosts") == "PORCHLIGHT_ADMIN_HOSTS"
