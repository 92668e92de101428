"""Who may speak to these pages at all, before anybody has signed in. OWASP ASVS 5, level 2.

Two cookies: `porchlight_session` is a random token whose meaning lives in the database
(admin/auth.py). `porchlight_form` is Flask's signed cookie; it holds the CSRF token and the
message for the next page, nothing worth stealing. Its key lies in the home folder, so that a
page left open over a restart can still be sent.
"""

import os
import socket
from ipaddress import ip_address
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, Forbidden, MethodNotAllowed
from werkzeug.wrappers import Response

from admin.house import house
from admin.texts import gettext as _
from store.own_address import NUMBER

LARGEST_FORM_BYTES = 4 * 1024 * 1024
"""A rule file of 1 MiB, each of its bytes written as `%xx`, and some more."""

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_PROXY = f"http://{NUMBER} https://{NUMBER}"
_FAMILY_POLICY = (
    f"default-src 'none'; style-src 'self'; img-src 'self' data: {_PROXY}; frame-src {_PROXY}; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # not no-referrer: a browser then sends `Origin: null` with our own forms (Fetch, section 3.2)
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_NOT_OF_THE_HOUSE = frozenset({"static", "schema.schema"})
"""What every Porchlight of this version answers alike may be kept by browsers."""
_PROXIED = ("Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Proxy-Connection")
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def protect(app: Flask, home: Path) -> None:
    """Put the guards before every page, the cheapest first."""
    app.config.update(
        SECRET_KEY=_secret(home / "secret"),
        SESSION_COOKIE_NAME="porchlight_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # a form is good as long as its cookie
        WTF_CSRF_SSL_STRICT=False,  # asks for a Referer; `_refuse_foreign_writes` asks for Origin
    )
    app.before_request(_refuse_strange_names)
    app.before_request(_refuse_proxied)
    app.before_request(_refuse_foreign_writes)
    CSRFProtect(app)
    app.after_request(_with_headers)


def protect_family(app: Flask) -> None:
    """Put the guards before the pages that children may see. They know nobody, and change nothing."""
    app.config.update(MAX_CONTENT_LENGTH=0)
    app.before_request(_refuse_strange_names)
    app.before_request(_refuse_writes)
    app.after_request(_with_family_headers)


def _refuse_writes() -> None:
    if request.method not in {"GET", "HEAD"}:
        raise MethodNotAllowed(valid_methods=["GET", "HEAD"])


def _refuse_strange_names() -> None:
    """Stop DNS rebinding: another site's name that was pointed at this machine."""
    name = host_name(request.host)
    settings = house().settings
    ours = {settings.bind, settings.address, *settings.admin_hosts, *_LOOPBACK} - {""}
    if name in ours:
        return
    if not _is_own_address(name):
        raise BadRequest(
            _(
                "These pages do not answer to this name. Open them by this machine's address, "
                "or add the name to admin_hosts in porchlight.toml."
            )
        )


def _refuse_proxied() -> None:
    """Stop a child's device that asks for these pages through the filter."""
    if any(name in request.headers for name in _PROXIED):
        raise Forbidden(_("The parents' pages cannot be opened through a proxy."))


def _refuse_foreign_writes() -> None:
    """Stop forms that another site made. The CSRF token is the second lock on the same door."""
    if request.method not in _WRITES:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if origin is None and "Sec-Fetch-Site" in request.headers:
        origin = request.host_url  # the browser has already compared them
    if site not in {"same-origin", "none"} or urlsplit(origin or "").netloc != request.host:
        raise Forbidden(_("This form came from another site. Nothing was changed."))


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets, in lower case."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_own_address(name: str) -> bool:
    """True for an IP address of this machine: one that it can bind to. Asks the kernel, not DNS."""
    try:
        address = ip_address(name)
    except ValueError:
        return False
    if address.is_unspecified or address.is_multicast:
        return False
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((name, 0))
        except OSError:
            return False
    return True


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if request.endpoint not in _NOT_OF_THE_HOUSE:
        response.headers["Cache-Control"] = "no-store"
    return response


def _with_family_headers(response: Response) -> Response:
    response = _with_headers(response)
    response.headers["Content-Security-Policy"] = _FAMILY_POLICY
    return response


def _secret(path: Path) -> str:
    """The key of the form cookie, made once, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token_hex(32))
    return path.read_text(encoding="ascii")
