"""Files that devices fetch: where the proxy is (PAC), and the home's certificate in the forms that systems take."""

import plistlib
import uuid

from flask import Blueprint, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from admin.house import house
from admin.security import host_name
from admin.texts import gettext as _
from store.certificate import Certificate, read_certificate
from store.own_address import shown

PAC = "application/x-ns-proxy-autoconfig"
"""The type that browsers ask of a proxy auto-config file; some take no other."""
PROFILE = "application/x-apple-aspen-config"
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
