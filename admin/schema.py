"""The JSON Schema of the rule file, for editors. For everybody: nothing of the house is in it."""

from functools import cache

from flask import Blueprint, request
from werkzeug.wrappers import Response

from rules.policy_schema import schema_text
from store.lists import load_catalog
from store.schema_file import SCHEMA_FILE

MEDIA_TYPE = "application/schema+json"
FRESH_SECONDS = 3600
"""It changes with Porchlight's version only."""

pages = Blueprint("schema", __name__)


@pages.get(f"/{SCHEMA_FILE}")
def schema() -> Response:
    """Hand out the schema."""
    answer = Response(_text(), mimetype=MEDIA_TYPE)
    answer.cache_control.public = True
    answer.cache_control.max_age = FRESH_SECONDS
    answer.add_etag()
    return answer.make_conditional(request)


@cache
def _text() -> str:
    # once: anybody in the house may ask, as often as they like
    return schema_text(load_catalog())
