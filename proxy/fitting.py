"""What fits in the place of a blocked request: a page where a page was to be, nothing where a font was."""

from enum import Enum

from mitmproxy.http import Request


class Form(Enum):
    """The form of an answer."""

    PAGE = "page"
    FRAME = "frame"
    IMAGE = "image"
    SCRIPT = "script"
    STYLE = "style"
    JSON = "json"
    NOTHING = "nothing"


_BY_DESTINATION = {
    "document": Form.PAGE,
    "iframe": Form.FRAME,
    "frame": Form.FRAME,
    "embed": Form.FRAME,
    "object": Form.FRAME,
    "image": Form.IMAGE,
    "script": Form.SCRIPT,
    "worker": Form.SCRIPT,
    "sharedworker": Form.SCRIPT,
    "serviceworker": Form.SCRIPT,
    "audioworklet": Form.SCRIPT,
    "paintworklet": Form.SCRIPT,
    "style": Form.STYLE,
    "xslt": Form.NOTHING,
    "empty": Form.JSON,
    "audio": Form.NOTHING,
    "video": Form.NOTHING,
    "track": Form.NOTHING,
    "font": Form.NOTHING,
    "manifest": Form.NOTHING,
    "report": Form.NOTHING,
    "websocket": Form.NOTHING,
}
"""Sec-Fetch-Dest (Fetch Metadata, W3C) -> what fits there."""
_BY_ACCEPT = (
    ("text/html", Form.PAGE),
    ("text/css", Form.STYLE),
    ("image/", Form.IMAGE),
    ("application/json", Form.JSON),
    ("javascript", Form.SCRIPT),
    ("audio/", Form.NOTHING),
    ("video/", Form.NOTHING),
    ("font/", Form.NOTHING),
)
"""The first of these in Accept, for clients that do not say Sec-Fetch-Dest."""

_BY_ENDING = {
    "js": Form.SCRIPT,
    "mjs": Form.SCRIPT,
    "css": Form.STYLE,
    "json": Form.JSON,
    "gif": Form.IMAGE,
    "ico": Form.IMAGE,
    "jpg": Form.IMAGE,
    "png": Form.IMAGE,
    "svg": Form.IMAGE,
    "webp": Form.IMAGE,
    "mp4": Form.NOTHING,
    "woff2": Form.NOTHING,
}
"""The path's ending -> what fits, for clients that accept anything."""


def form_of(request: Request) -> Form:
    """The form that the client has a place for."""
    if "upgrade" in request.headers:
        return Form.NOTHING
    destination = request.headers.get("sec-fetch-dest")
    if destination is not None:
        return _BY_DESTINATION.get(destination, Form.NOTHING)
    accept = request.headers.get("accept", "").lower()
    for part, form in _BY_ACCEPT:
        if part in accept:
            return form
    # Over plain HTTP browsers send no Sec-Fetch-Dest, and scripts and fetch() accept anything.
    if request.method not in {"GET", "HEAD"} or "x-requested-with" in request.headers:
        return Form.JSON
    ending = request.path.partition("?")[0].rpartition(".")[2].lower()
    return _BY_ENDING.get(ending, Form.PAGE)
