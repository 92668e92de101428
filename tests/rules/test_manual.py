"""The made parts of the manual."""

import pytest

from rules.catalog import Catalog
from rules.catalog_reference import tuesdays
from rules.manual import renewed

PAGE = """\
# A page

<!-- made: {name} (by hand) -->

- stale
- and more

<!-- /made -->

The end. <!-- a comment -->
"""


def test_what_stands_between_the_marks_is_renewed_and_nothing_else(catalog: Catalog) -> None:
    page = PAGE.format(name="tuesdays")
    assert renewed(page, catalog) == page.replace("- stale\n- and more", tuesdays(catalog))


def test_a_renewed_page_stays_as_it_is(catalog: Catalog) -> None:
    once = renewed(PAGE.format(name="tuesdays") + PAGE.format(name="presets"), catalog)
    assert "stale" not in once
    assert renewed(once, catalog) == once


def test_a_mark_that_names_no_part_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(KeyError, match="weather"):
        renewed(PAGE.format(name="weather"), catalog)
