"""`porchlight up`: prepares the home, opens both doors, starts the keeper of the lists, and keeps all running until it is told to stop."""

import errno
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from queue import SimpleQueue

import click

from commands.home import find_policy, find_settings
from commands.other_ways import other_ways
from commands.supervisor import Events, Program, StartFailed, Stop, Supervisor
from proxy.authority import make_authority
from store import accounts
from store.database import open_database
from store.files import locked
from store.own_address import own_address, shown
from store.settings import Settings, prepare
from store.upgrade import migrate

PORT_FLAGS = ("--proxy-port", "--admin-port", "--family-port")
REMEDIES = {
    errno.EADDRINUSE: "stop the program that holds it, or choose another with {flag}",
    errno.EADDRNOTAVAIL: "that address is not this computer's, choose one that is with --bind",
}
"""What helps against what a system says of a port."""
MANUAL = """\
\b
Exit status: 0 stopped by Ctrl-C or SIGTERM, 1 it could not start (a port in use),
2 a setting, the home folder or the database cannot be used.

\b
Settings: each flag is also a variable (PORCHLIGHT_PROXY_PORT=8080) and a line in
porchlight.toml (proxy_port = 8080); a flag beats a variable beats the file. The
home folder, with family.yaml, porchlight.toml, porchlight.db, ca/ and lists/, is
PORCHLIGHT_HOME.

\b
Examples:
  porchlight up
  porchlight up --bind 0.0.0.0            the whole house may use it
  porchlight up --json --proxy-port 0 --admin-port 0 --family-port 0
  PORCHLIGHT_HOME=/srv/porchlight porchlight up --database postgresql://pl@db/porchlight
"""


@click.command(epilog=MANUAL, short_help="Start the filter and the parents' pages.")
@click.option("--proxy-port", type=int, help="Where browsers' traffic comes in [8080]; 0: any.")
@click.option("--admin-port", type=int, help="Where the parents' pages are [8000]; 0: any.")
@click.option("--family-port", type=int, help="Where the family's pages are [8001]; 0: any.")
@click.option("--bind", metavar="IP", help="Address to listen on [127.0.0.1].")
@click.option("--database", metavar="URL", help="SQLite or PostgreSQL [porchlight.db at home].")
@click.option("--workers", type=int, help="Processes that carry traffic [1].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object when ready.")
def up(*, as_json: bool, **flags: object) -> None:
    """Start Porchlight: the filter for the browsers and the pages for the parents.

    The first start makes the home folder with a rule file to begin with, and prints
    a link with a one-time code for the first parent. Prints a line that begins with
    `ready` when both doors answer, then stays until Ctrl-C.
    """
    events: Events = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: events.put(Stop()))
    settings = find_settings(**flags)
    prepare(settings)
    try:
        with locked(settings.home / "porchlight", wait=False):
            keep_up(settings, events, as_json=as_json)
    except BlockingIOError as error:
        raise click.ClickException(
            f"Porchlight runs already with the home folder {settings.home}: "
            "stop it first, or choose another folder with PORCHLIGHT_HOME."
        ) from error


def keep_up(settings: Settings, events: Events, *, as_json: bool) -> None:
    """Open both doors, say so, and keep them open until an event says to stop.

    Raises:
        click.ClickException: a door does not open.
    """
    setup_code = make_ready(settings)
    settings = choose_ports(settings)
    supervisor = Supervisor(
        programs(settings),
        environ=os.environ | settings.to_environ(),
        events=events,
        tell=lambda line: click.echo(line, err=True),
    )

    def when_ready(ports: Mapping[str, int]) -> None:
        real = replace(settings, proxy_port=ports["proxy-1"], admin_port=ports["admin"])
        if not as_json:
            for line in other_ways(real, find_policy(real)):
                click.echo(f"  {line}")
        click.echo((as_object if as_json else as_text)(real, setup_code))

    try:
        supervisor.run(when_ready)
    except StartFailed as error:
        if not str(error):
            sys.exit(1)
        raise click.ClickException(str(error)) from error


def make_ready(settings: Settings) -> str | None:
    """Bring the database and the authority up to date; the set-up code if no parent has an account yet."""
    make_authority(settings.ca_dir)
    engine = open_database(settings.database_url)
    try:
        migrate(engine)
        return accounts.new_setup_code(engine, datetime.now(UTC))
    finally:
        engine.dispose()


def choose_ports(settings: Settings) -> Settings:
    """The settings with real ports for 0, so that each door knows the other's.

    Raises:
        click.ClickException: a port is in use or not allowed, or both doors have the same.
    """
    ports = (settings.proxy_port, settings.admin_port, settings.family_port)
    twice = next((port for port in ports if port and ports.count(port) > 1), None)
    if twice is not None:
        raise click.ClickException(
            f"Port {twice} cannot be for two things at once, proxy, parents' pages or family's pages: "
            "choose another with --proxy-port, --admin-port or --family-port."
        )
    # All are held until the last is chosen, so that 0 never names one twice.
    with ExitStack() as held:
        chosen = [
            _free_port(held, settings.bind, port, flag)
            for port, flag in zip(ports, PORT_FLAGS, strict=True)
        ]
    return replace(settings, proxy_port=chosen[0], admin_port=chosen[1], family_port=chosen[2])


def programs(settings: Settings) -> tuple[Program, ...]:
    """What runs: the parents' pages, as many filters as the settings say, and one keeper of the lists."""
    filters = [f"proxy-{number}" for number in range(1, settings.workers + 1)]
    return (
        Program(name="admin", title="The parents' pages (admin)", command=("admin",)),
        *(
            Program(name=name, title=f"The filter ({name})", command=("proxy", "--worker", name))
            for name in filters
        ),
        Program(name="lists", title="The keeper of the lists", command=("store",)),
    )


def as_object(settings: Settings, setup_code: str | None) -> str:
    """The ready line for scripts."""
    return json.dumps(
        {
            "ready": True,
            "proxy": _address(settings.bind, settings.proxy_port),
            "admin": _address(settings.bind, settings.admin_port),
            "family": _address(settings.bind, settings.family_port),
            "ca": str(settings.ca_certificate),
            "setup_code": setup_code,
        }
        | ({"dns": dns} if (dns := _name_server(settings)) else {})
    )


def as_text(settings: Settings, setup_code: str | None) -> str:
    """The summary for people; its last line begins with `ready`."""
    proxy = _address(settings.bind, settings.proxy_port)
    admin = _address(settings.bind, settings.admin_port)
    family = _address(settings.bind, settings.family_port)
    dns = _name_server(settings)
    lines = [
        "",
        f"  Proxy for browsers  {proxy}",
        f"  Parents' pages      {admin}",
        f"  Family's pages      {family}  (for devices and children)",
        *([f"  Name server         {dns}  (UDP and TCP)"] if dns else []),
        f"  Rule file           {settings.rules_path}",
        f"  Certificate         {settings.ca_certificate}  (porchlight ca)",
        "",
    ]
    if setup_code:
        lines += ["  First, make your account (the link works once, for 24 hours):"]
        lines += [f"      {admin}/setup?code={setup_code}", ""]
    lines += ["  Try it:", f"      curl -i -x {proxy} http://pornhub.com/", ""]
    if not ip_address(settings.bind).is_loopback:
        here = f"http://{shown(own_address(settings))}"
        lines += [
            "  Everyone in this house's network can use the proxy and see the sign-in page",
            "  and the family's pages:",
            f"      {here}:{settings.proxy_port}  and  {here}:{settings.admin_port}",
            f"      and  {here}:{settings.family_port}",
            "  Never open these three ports to the internet.",
            "",
        ]
    return "\n".join([*lines, f"ready: proxy {proxy}, parents' pages {admin}; Ctrl-C stops both"])


def _free_port(held: ExitStack, bind: str, port: int, flag: str) -> int:
    probe = held.enter_context(socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET))
    if port:  # with it, the kernel may hand out one port twice
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((bind, port))
    except OSError as error:
        remedy = REMEDIES.get(error.errno or 0, "choose another with {flag}").format(flag=flag)
        raise click.ClickException(
            f"Port {port} on {bind} cannot be used ({error.strerror}): {remedy}."
        ) from error
    number: int = probe.getsockname()[1]
    return number


def _address(bind: str, port: int) -> str:
    """A URL that works on this computer."""
    if ip_address(bind).is_unspecified:
        bind = "::1" if ":" in bind else "127.0.0.1"
    return f"http://{shown(bind)}:{port}"


def _name_server(settings: Settings) -> str | None:
    """Where names are asked for, on this computer; None: nowhere."""
    if not settings.dns_port:
        return None
    return _address(settings.bind, settings.dns_port).removeprefix("http://")
