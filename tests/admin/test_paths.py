"""Where a form may send its reader back to."""

import pytest

from admin.paths import own_path


@pytest.mark.parametrize("path", ["/", "/rules", "/activity?search=a&before=b"])
def test_a_path_of_these_pages_is_kept(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "rules",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: b",
        "javascript:alert(1)",
    ],
)
def test_what_leads_elsewhere_leads_home(path: str | None) -> None:
    assert own_path(path) == "/"
