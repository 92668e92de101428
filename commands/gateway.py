"""`porchlight gateway`: the nftables script by which a router's traffic comes to Porchlight, to be read before it is run."""

import re
import socket
from ipaddress import ip_address

import click

from commands.home import find_settings
from store.settings import Settings

TABLE = "inet porchlight"
LOOPBACK = "lo"
_INTERFACE = re.compile(r"[\w.:@-]{1,15}", re.ASCII)
"""Linux takes 15 bytes; what could end a quoted word in the script is none of them."""
INSIDE = "{ 10.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16, 224.0.0.0/4 }"
INSIDE_6 = "{ ::1, fc00::/7, fe80::/10, ff00::/8 }"
MANUAL = """\
\b
Exit status: 0 printed, 1 the transparent way is closed in the settings, 2 wrong use.

\b
Examples:
  porchlight gateway --interface eth0 > porchlight.nft
  less porchlight.nft
  sudo nft -c -f porchlight.nft           only checks it
  sudo nft -f porchlight.nft
  porchlight gateway --undo | sudo nft -f -
"""
HEAD = """\
# Porchlight: what devices behind {interface} send to the web comes to the filter, without any setting on them.
#
# Read it, then:  sudo nft -f THIS_FILE
# Undo it:        porchlight gateway --undo | sudo nft -f -
# It counts until the next restart. To keep it, see what your system does with /etc/nftables.conf.
#
# This computer must pass traffic on, and must not tell devices of a shorter way round itself:
#   sudo sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
#   sudo sysctl -w net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.{interface}.send_redirects=0
# With forwarding on, Linux hears no IPv6 router itself any more, unless told to:
#   sudo sysctl -w net.ipv6.conf.{interface}.accept_ra=2
#
# Devices must use this computer as their gateway, for IPv6 too: a router that goes on to announce itself
# for IPv6 is a way round. See docs/ways.md.
"""
BODY = """\

# So that running it again changes nothing: make it, throw it away, make it.
table {table}
delete table {table}

table {table} {{
    chain to_the_filter {{
        type nat hook prerouting priority dstnat; policy accept;
        iifname != "{interface}" accept
{names}
        # This computer itself, and other machines of the house.
        fib daddr type local accept
        ip daddr {inside} accept
        ip6 daddr {inside_6} accept

        # The web. Other ports pass unseen: games, calls, mail, and a site on port 8080 too.
        tcp dport {{ 80, 443 }} redirect to :{port}
    }}

    chain refused {{
        type filter hook forward priority filter; policy accept;
        iifname != "{interface}" accept

        # The web over UDP (QUIC) and hidden look-ups of names: refused at once, so that
        # programs turn to what the filter sees.
        udp dport {{ 443, 853 }} reject
        tcp dport 853 reject with tcp reset

        # Stricter: nothing but the web, names and the time of day. It ends games, calls, and most VPNs.
        # meta l4proto {{ tcp, udp }} th dport != {{ 53, 123 }} reject
    }}
}}
"""
NAMES_ON = """
        # Names are asked of Porchlight, whichever server a device has in mind.
        udp dport 53 redirect to :{port}
        tcp dport 53 redirect to :{port}
"""
NAMES_OFF = """
        # Names are asked where the device likes: Porchlight's own door for them is closed (dns_port = 0).
"""
UNDO = """\
# Undoes what `porchlight gateway` printed. It works too where that was never run.
table {table}
delete table {table}
"""


@click.command(epilog=MANUAL, short_help="Print the nftables script for transparent mode.")
@click.option("--interface", metavar="IF", help="Where the devices are, such as eth0.")
@click.option("--undo", is_flag=True, help="Print the script that takes it back.")
def gateway(*, interface: str | None, undo: bool) -> None:
    """Print an nftables script that sends the devices' web traffic to Porchlight.

    For a computer that is the house's gateway, or that devices use as theirs. Nothing is
    run and nothing is changed: read the script, then give it to nft.
    """
    if undo:
        click.echo(UNDO.format(table=TABLE), nl=False)
        return
    settings = find_settings()
    if not settings.transparent_port:
        raise click.ClickException(
            f"The transparent way is closed: set transparent_port = 8082 in {settings.settings_path} "
            "and start Porchlight again."
        )
    if ip_address(settings.bind).is_loopback:
        raise click.ClickException(
            f"Porchlight listens on {settings.bind}, where no router can send anything: "
            f'set bind = "0.0.0.0" in {settings.settings_path} and start Porchlight again.'
        )
    click.echo(script(settings, _interface(interface)), nl=False)


def script(settings: Settings, interface: str) -> str:
    """What `nft -f` reads."""
    names = NAMES_ON.format(port=settings.dns_port) if settings.dns_port else NAMES_OFF
    body = BODY.format(
        table=TABLE,
        interface=interface,
        inside=INSIDE,
        inside_6=INSIDE_6,
        port=settings.transparent_port,
        names=names,
    )
    return HEAD.format(interface=interface) + body


def _interface(given: str | None) -> str:
    if given is not None:
        if not _INTERFACE.fullmatch(given):
            raise click.UsageError(f"{given!r} is no network interface.")
        return given
    known = [name for _, name in socket.if_nameindex() if name != LOOPBACK]
    if len(known) != 1:
        there = ", ".join(known) or "none but lo"
        raise click.UsageError(
            f"Where are the devices? Say --interface IF; this computer has {there}."
        )
    return known[0]
