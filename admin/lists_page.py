"""The published lists that are on: how each does, what is done with it now, and the family's corrections."""

from flask import Blueprint, get_flashed_messages, render_template, request, session, url_for

from admin.correction_lines import correction_lines
from admin.house import House, house
from admin.list_lines import list_lines, own_lists_off, recommended, statuses
from admin.texts import number_words, topic_words
from store.list_progress import read_progress
from store.list_status import State, Status
from store.list_wishes import is_wished

LOOKS = 15
"""How often the page looks by itself while nothing moves, every two seconds."""

pages = Blueprint("lists_page", __name__)


@pages.get("/lists")
def page() -> str:
    """Show how the lists are doing. It holds no field to fill in, since it comes again by itself."""
    here = house()
    standing = here.standing()
    found = statuses(here, standing)
    refresh = _refresh(here, found)
    if refresh is not None:
        # else the way back would be gone before anybody could click it
        session["_flashes"] = get_flashed_messages(with_categories=True)
    on_offer = recommended(here, standing)
    return render_template(
        "lists.html",
        lines=list_lines(here, standing, found),
        unreadable=[] if found else [topic_words(key) for key in standing.policy.lists],
        off=own_lists_off(here, standing),
        recommended=len(on_offer),
        by_themselves=here.settings.list_updates,
        recommended_sites=number_words(sum(offer.domains for offer in on_offer)),
        is_bare=bool(found) and not any(one.copy for one in found),
        corrections=correction_lines(standing),
        refresh=refresh,
    )


def _refresh(here: House, found: tuple[Status, ...]) -> str | None:
    """Where the page looks again in two seconds. None: nothing is about to change."""
    folder, look = here.settings.lists_dir, request.args.get("look", 0, type=int)
    if read_progress(folder) is not None:
        return url_for("lists_page.page")
    waits = is_wished(folder) or any(one.state is State.WAITING for one in found)
    return url_for("lists_page.page", look=look + 1) if waits and look < LOOKS else None
