"""Files that devices fetch: where the proxy is (PAC), and the home's certificate in the forms that systems take."""

import plistlib
import uuid
from dataclasses import replace

from flask import Blueprint, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from admin.house import House, house
from admin.security import host_name
from admin.texts import gettext as _
from store import device_setup
from store.certificate import Certificate, read_certificate
from store.own_address import shown
from store.wireguard import Key, find_key, profile_text

PAC = "application/x-ns-proxy-autoconfig"
"""The type that browsers ask of a proxy auto-config file; some take no other."""
PROFILE = "application/x-apple-aspen-config"
LONGEST_TUNNEL_NAME = 15
"""Characters: WireGuard's apps name a tunnel after its file, and a network interface has no longer name."""
CERTIFICATE = "application/x-x509-ca-cert"

_SCRIPT = 'function FindProxyForURL(url, host) {{ return "PROXY {proxy}"; }}\n'
"""No DIRECT behind it: a proxy that does not answer must not open everything."""
_OURS = uuid.UUID("6f1b2a64-6f0c-4a0e-9d43-5a1c5d0f7c11")
"""Names in it are unique; the number itself is chance."""

pages = Blueprint("family_files", __name__)


@pages.get("/proxy.pac")
@pages.get("/d/<code>/proxy.pac")
def pac(code: str = "") -> Response:
    """Tell a device where the proxy is. The same for every code, and for good: a device asks for years."""
    del code
    proxy = f"{shown(host())}:{proxy_port(request.args.get('port', ''))}"
    return Response(_SCRIPT.format(proxy=proxy), mimetype=PAC)


@pages.get("/d/<code>/porchlight.conf")
def tunnel(code: str) -> Response:
    """Hand out the WireGuard profile of the device that the code is for. It holds its private key."""
    here = house()
    found = device_setup.find_code(here.engine, code, here.clock())
    key = None if found is None else key_of(here, found.device)
    if found is None or key is None:
        raise NotFound(_("This address is not good any more. Please ask a parent for a new one."))
    name = f"{found.device[:LONGEST_TUNNEL_NAME]}.conf"
    text = profile_text(replace(here.settings, address=host()), key)
    return _file(text.encode("utf-8"), "application/octet-stream", name)


@pages.get("/ca.pem")
@pages.get("/ca.crt")
def pem() -> Response:
    """Hand out the certificate as text."""
    name = f"porchlight-{request.path.removeprefix('/')}"
    return _file(certificate().pem, CERTIFICATE, name)


@pages.get("/ca.cer")
def der() -> Response:
    """Hand out the certificate as bytes, for Windows and macOS."""
    return _file(certificate().der, CERTIFICATE, "porchlight-ca.cer")


@pages.get("/ca.mobileconfig")
def profile() -> Response:
    """Hand out the certificate as a profile, for iPhone and iPad. Safari offers to install what is no attachment."""
    return Response(mobileconfig(certificate()), mimetype=PROFILE)


def key_of(here: House, device: str) -> Key | None:
    """The WireGuard key of a device; None if the rules give it none."""
    known = here.standing().policy.devices.get(device)
    return find_key(here.settings, known.wireguard) if known and known.wireguard else None


def host() -> str:
    """The address under which this device finds Porchlight: as the settings say, else the one it has just used."""
    return house().settings.address or host_name(request.host)


def proxy_port(wanted: str) -> int:
    """The port of the proxy; `wanted`, if the rule file gives that one to a device."""
    own = {one.port for one in house().standing().policy.devices.values()}
    is_known = wanted.isdecimal() and int(wanted) in own
    return int(wanted) if is_known else house().settings.proxy_port


def certificate() -> Certificate:
    """The home's certificate.

    Raises:
        NotFound: it has not been made yet.
    """
    found = read_certificate(house().settings.ca_certificate)
    if found is None:
        raise NotFound(_("The certificate is made when the filter starts for the first time."))
    return found


def mobileconfig(found: Certificate) -> bytes:
    """Apple's configuration profile with one root certificate (Apple, Device Management: CertificateRoot)."""
    mark = found.sha256.replace(":", "").lower()
    common = {"PayloadVersion": 1, "PayloadOrganization": "Porchlight"}
    root = common | {
        "PayloadType": "com.apple.security.root",
        "PayloadIdentifier": f"porchlight.{mark[:16]}.root",
        "PayloadUUID": str(uuid.uuid5(_OURS, f"root {mark}")).upper(),
        "PayloadDisplayName": found.name,
        "PayloadCertificateFileName": "porchlight-ca.cer",
        "PayloadContent": found.der,
    }
    whole = common | {
        "PayloadType": "Configuration",
        "PayloadIdentifier": f"porchlight.{mark[:16]}",
        "PayloadUUID": str(uuid.uuid5(_OURS, f"profile {mark}")).upper(),
        "PayloadDisplayName": found.name,
        "PayloadDescription": _("Lets your family's filter show its own page inside HTTPS."),
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [root],
    }
    return plistlib.dumps(whole)


def _file(content: bytes, mimetype: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=mimetype, headers=disposition)
