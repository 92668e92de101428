import pytest
from mitmproxy.proxy.layers.http import _http1, _http2

from proxy import error_page
from proxy.error_page import render
from rules.policy import Language


@pytest.mark.parametrize(
    ("status", "detail", "title"),
    [
        (400, "Invalid HTTP request", "This address cannot be read"),
        (
            502,
            "Certificate verify failed: certificate has expired",
            "This site cannot prove who it is",
        ),
        (502, "[Errno 111] Connect call failed", "This site does not answer"),
        (502, "safe search: safe.example: not known", "Safe search does not answer just now"),
        (503, "anything", "This site does not answer"),
    ],
)
def test_each_fault_has_its_words(status: int, detail: str, title: str) -> None:
    text = render(status, detail, Language.ENGLISH).decode()
    assert f"<h1>{title}</h1>" in text
    assert detail in text


@pytest.mark.parametrize("detail", ["down", "certificate"])
def test_vietnamese_is_spoken_too(detail: str) -> None:
    text = render(502, detail, Language.VIETNAMESE).decode()
    assert '<html lang="vi">' in text
    assert "Trang này" in text


def test_what_the_network_says_is_text_and_not_markup() -> None:
    assert b"<script" not in render(502, "<script>", Language.ENGLISH)
    assert render(502, "\udcff", Language.ENGLISH)


def test_mitmproxys_own_answers_speak_these_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (_http1, _http2):
        monkeypatch.setitem(vars(module), "format_error", None)
    error_page.install(lambda: Language.VIETNAMESE)
    answer = _http1.make_error_response(502, "Certificate verify failed")
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert "chưa chứng minh được" in answer.decode()
    assert vars(_http2)["format_error"] is vars(_http1)["format_error"]
