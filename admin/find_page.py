"""Which lists name a site, by which entry, and whether a correction or the guard speaks against them."""

from flask import Blueprint, render_template, request

from admin.correction_lines import finding_lines
from admin.house import house
from admin.texts import gettext as _
from admin.texts import language
from rules.hosts import is_address, typed_url
from rules.list_entry import Claim
from store.lists import load_guard

_LONGEST_ADDRESS = 4096

pages = Blueprint("find_page", __name__)


@pages.get("/lists/find")
def page() -> str:
    """Look a site up in all lists that are on."""
    here = house()
    wanted = request.args.get("host", "").strip()[:_LONGEST_ADDRESS]
    host = host_of(wanted)
    group = load_guard().refusal(host, Claim.HOST) if host else None
    return render_template(
        "list_find.html",
        wanted=wanted,
        host=host,
        problem="" if host or not wanted else no_host(),
        findings=finding_lines(here.standing(), host) if host else [],
        guard=group.why[language().value] if group else "",
    )


def host_of(text: str) -> str:
    """The host of an address as somebody types it; empty if it has none, or one of numbers."""
    try:
        host = typed_url(text).host
    except ValueError:
        return ""
    return "" if is_address(host) else host


def no_host() -> str:
    """What to say where there is no host."""
    return _("This is not an address of the web. Try one like example.com.")
