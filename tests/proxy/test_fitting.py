"""Every form has a client that has a place for it."""

from mitmproxy.test import tflow

from proxy.fitting import Form, form_of


def form_for(method: str, path: str, **headers: str) -> Form:
    request = tflow.tflow().request
    request.headers.clear()
    request.method, request.path = method, path
    for name, value in headers.items():
        request.headers[name.replace("_", "-")] = value
    return form_of(request)


def test_what_a_browser_says_counts_before_all_else() -> None:
    assert form_for("GET", "/x.js", sec_fetch_dest="image", accept="text/html") is Form.IMAGE
    assert form_for("GET", "/", sec_fetch_dest="iframe") is Form.FRAME
    assert form_for("GET", "/", sec_fetch_dest="not-yet-invented") is Form.NOTHING


def test_a_websocket_has_no_place_for_a_page() -> None:
    assert form_for("GET", "/", upgrade="websocket", accept="text/html") is Form.NOTHING


def test_curl_sees_the_page_and_a_program_reads_json() -> None:
    assert form_for("GET", "/", accept="*/*") is Form.PAGE
    assert form_for("POST", "/api", accept="*/*") is Form.JSON
    assert form_for("GET", "/api", accept="*/*", x_requested_with="XMLHttpRequest") is Form.JSON


def test_the_ending_speaks_where_nothing_else_does() -> None:
    assert form_for("GET", "/a.js?x=1", accept="*/*") is Form.SCRIPT
    assert form_for("GET", "/A.PNG") is Form.IMAGE
    assert form_for("GET", "/?a.js", accept="*/*") is Form.PAGE
