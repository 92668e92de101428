"""An honest page for what is not a block: the site is down, its name is unknown, its certificate is wrong.

Law: it never looks like a block page, and never offers to go on.
"""

from collections.abc import Callable, Mapping
from html import escape

from mitmproxy.proxy.layers.http import _http1, _http2

from rules.policy import Language

BAD_REQUEST = 400
UNSAFE = "safe search: "
"""Before what went wrong at the safe name of a search engine's maker."""
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"

_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>:root{{color-scheme:light dark}}body{{max-width:34rem;margin:12vh auto;padding:0 1.25rem;\
font:1.0625rem/1.6 system-ui,sans-serif}}small{{opacity:.75;overflow-wrap:anywhere}}</style></head>
<body><main><h1>{title}</h1><p>{text}</p><p><small>{detail}</small></p></main></body>
</html>
"""

_WORDS: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    Language.ENGLISH: {
        "unreadable": (
            "This address cannot be read",
            "The request was not one that a web browser would send.",
        ),
        "unsafe": (
            "This site cannot prove who it is",
            "Its certificate is not right, so the connection was not made. This is not a rule of your family: the site has to mend it. Do not type a password there.",
        ),
        "down": (
            "This site does not answer",
            "The filter let it through, but the site could not be reached. Try again in a while.",
        ),
        "safe": (
            "Safe search does not answer just now",
            "This site opens only by way of its maker's safe search, and that could not be reached. You did nothing wrong. Try again in a while, or use another search engine.",
        ),
    },
    Language.VIETNAMESE: {
        "unreadable": (
            "Không đọc được địa chỉ này",
            "Đây không phải là yêu cầu mà trình duyệt thường gửi.",
        ),
        "unsafe": (
            "Trang này chưa chứng minh được mình là ai",
            "Chứng chỉ của trang không đúng nên kết nối đã dừng lại. Đây không phải là quy tắc của gia đình: chủ trang cần sửa. Đừng nhập mật khẩu ở đó.",
        ),
        "down": (
            "Trang này không trả lời",
            "Bộ lọc đã cho qua, nhưng không kết nối được tới trang. Lát nữa hãy thử lại nhé.",
        ),
        "safe": (
            "Tìm kiếm an toàn đang không trả lời",
            "Trang này chỉ mở qua chế độ tìm kiếm an toàn của chính hãng, mà lúc này chưa kết nối được. Không phải lỗi của bạn đâu. Lát nữa hãy thử lại, hoặc dùng một trang tìm kiếm khác nhé.",
        ),
    },
}


def render(status: int, detail: str, language: Language) -> bytes:
    """The page for a fault of the network, with what happened in small print."""
    title, text = _WORDS[language][_kind(status, detail)]
    return _PAGE.format(
        language=language.value, title=escape(title), text=escape(text), detail=escape(detail)
    ).encode("utf-8", "replace")


def install(language: Callable[[], Language]) -> None:
    """Give mitmproxy's own error answers this page's words."""

    def format_error(status_code: int, message: str) -> bytes:
        return render(status_code, message, language())

    # Both modules import the function by name; no hook is asked before these answers are sent.
    for module in (_http1, _http2):
        vars(module)["format_error"] = format_error


def _kind(status: int, detail: str) -> str:
    if status == BAD_REQUEST:
        return "unreadable"
    if detail.startswith(UNSAFE):
        return "safe"
    return "unsafe" if "certificate" in detail.lower() else "down"
