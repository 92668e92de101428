"""Where a form may send its reader back to: a path of these pages, nothing else."""

from flask import request

HOME = "/"


def own_path(wanted: str | None) -> str:
    r"""`wanted` if it is a path on this site, else the home page.

    `//host` and `/\host` lead elsewhere, and so may what holds a control character.
    """
    path = wanted or HOME
    if not path.startswith("/") or path[1:2] in {"/", "\\"} or not path.isprintable():
        return HOME
    return path


def this_path() -> str:
    """The path of this request with its query, for a form that comes back here."""
    return request.full_path.removesuffix("?")
