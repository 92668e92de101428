"""How the value of each setting is read, from TOML's types or from a variable's text, and written as text again."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from rules.hosts import normal_host

MOST_WORKERS = 64
LONGEST_RETENTION_DAYS = 3650

LAST_PORT = 65535
"""RFC 9293: 16 bits."""
DNS_PORT = 53

_SERVER = re.compile(
    r"(?:\[(?P<bracketed>[^\]]+)\]|(?P<plain>[^\[\]:]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*?))(?::(?P<port>\d{1,5}))?"
)
_REACH = re.compile(r"\[(?P<bracketed>[^\]]+)\]:(?P<port6>\d+)|(?P<plain>[^:\[\]]+):(?P<port4>\d+)")


def variable(key: str) -> str:
    """The environment variable of a setting."""
    return f"PORCHLIGHT_{key.upper()}"


def from_text(key: str, text: str) -> object:
    """A variable's text in the type that TOML would have given; lists are comma separated.

    Raises:
        ValueError: the text has not that shape.
    """
    if key in _NUMBERS:
        return int(text) if re.fullmatch(r"\d{1,9}", text.strip()) else text
    if key in _SWITCHES:
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if key in _LISTS:
        return _parts(text)
    if key == "names":
        pairs = [part.partition("=") for part in _parts(text)]
        if any(not mark for _, mark, _ in pairs):
            raise ValueError(f'must look like "a.example=1.2.3.4,b.example=5.6.7.8", not {text!r}')
        return {name.strip(): address.strip() for name, _, address in pairs}
    return text


def as_text(value: object) -> str:
    """The text that `from_text` reads as this value."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(value)
        case Mapping():
            return ",".join(f"{name}={address}" for name, address in value.items())
        case _:
            return str(value)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _whole_number(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        # bool is a subclass of int: `workers = true` is a slip, not 1
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {value!r}")
        return value

    return read


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {value!r}")
    return value


def _address(value: object) -> str:
    if isinstance(value, str):
        try:
            return str(ip_address(value))
        except ValueError:
            pass
    raise ValueError(f'must be an IP address such as "127.0.0.1", not {value!r}')


def _database(value: object) -> str:
    shape = 'must look like "postgresql://user:password@host/name" or "sqlite:////full/path.db", or be empty'
    if not isinstance(value, str):
        raise TypeError(shape)
    if not value:
        return ""
    try:
        url: URL = make_url(value)
    except (ArgumentError, ValueError) as error:
        raise ValueError(shape) from error
    kind = url.get_backend_name()
    # a relative or in-memory SQLite file would be another one for each process
    if kind == "sqlite" and not (url.database or "").startswith("/"):
        raise ValueError(shape)
    if kind not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError(shape)
    return value


def _file(value: object) -> Path | None:
    if not isinstance(value, (str, Path)):
        raise TypeError(f"must be the path of a file, not {value!r}")
    return Path(value).expanduser() if str(value) else None


def _texts(value: object) -> Iterable[str]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"must be a list of texts, not {value!r}")
    return value


def _reach(value: object) -> tuple[str, ...]:
    return tuple(_reach_item(item) for item in _texts(value))


def _reach_item(item: str) -> str:
    found = _REACH.fullmatch(item.strip())
    if found:
        port = int(found["port6"] or found["port4"])
        try:
            address = ip_address(found["bracketed"] or found["plain"])
        except ValueError:
            port = 0
        if 0 < port <= LAST_PORT:
            return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"  # noqa: PLR2004
    raise ValueError(
        f'must list addresses with their port, "192.168.1.5:8096" or "[fd00::1]:80", not {item!r}'
    )


def _hosts(value: object) -> tuple[str, ...]:
    return tuple(_host(item) for item in _texts(value))


def _host(text: str) -> str:
    try:
        return normal_host(text)
    except ValueError as error:
        raise ValueError(f"must name hosts such as porchlight.example, not {text!r}") from error


def _names(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise TypeError(f"must be a table of host = IP address, not {value!r}")
    return {_host(str(name)): _address(address) for name, address in value.items()}


def _server(value: object) -> str:
    if value == "":
        return ""
    if isinstance(value, str):
        found = _SERVER.fullmatch(value.strip())
        port = int(found["port"] or DNS_PORT) if found else 0
        with suppress(ValueError):
            address = ip_address(found["bracketed"] or found["plain"]) if found else None
            if address is not None and 0 < port <= LAST_PORT:
                shown = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004
                return f"{shown}:{port}"
    raise ValueError(
        f'must be a name server\'s address, "192.168.1.1" or "192.168.1.1:53", or empty, not {value!r}'
    )


def _own_address(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be an IP address or a name, not {value!r}")
    if not value:
        return ""
    try:
        return str(ip_address(value))
    except ValueError:
        return _host(value)


_port = _whole_number(0, LAST_PORT)

READERS: Mapping[str, Callable[[object], object]] = {
    "proxy_port": _port,
    "admin_port": _port,
    "bind": _address,
    "database": _database,
    "workers": _whole_number(1, MOST_WORKERS),
    "reach": _reach,
    "upstream_ca": _file,
    "admin_hosts": _hosts,
    "retention_days": _whole_number(1, LONGEST_RETENTION_DAYS),
    "list_updates": _switch,
    "names": _names,
    "family_port": _port,
    "address": _own_address,
    "transparent_port": _port,
    "wireguard_port": _whole_number(1, LAST_PORT),
    "dns_port": _port,
    "dns_upstream": _server,
}
"""By key, all settings but `home`: each raises ValueError or TypeError with words that follow the key's name."""

_NUMBERS = frozenset(
    {
        *("proxy_port", "admin_port", "family_port", "transparent_port"),
        *("wireguard_port", "dns_port", "workers", "retention_days"),
    }
)
_SWITCHES = frozenset({"list_updates"})
_LISTS = frozenset({"reach", "admin_hosts"})
