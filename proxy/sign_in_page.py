"""What a device is told that has to say who it is before it goes on the internet, in both of the house's languages."""

import math
from html import escape

from mitmproxy.http import Response

from rules.policy import Language

SIGN_IN_FIRST, TOO_MANY = 407, 429
"""RFC 9110 section 15.5.8; RFC 6585 section 4."""
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"

_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>:root{{color-scheme:light dark}}body{{max-width:34rem;margin:12vh auto;padding:0 1.25rem;\
font:1.0625rem/1.6 system-ui,sans-serif}}section+section{{margin-top:2rem}}</style></head>
<body><main>{sections}</main></body>
</html>
"""
_WORDS = {
    SIGN_IN_FIRST: {
        Language.ENGLISH: (
            "Who is using this device?",
            "This device is new here, so the filter asks for the user name and password that your parents have given you. If you have none, just ask them. To try again, load this page anew.",
        ),
        Language.VIETNAMESE: (
            "Ai đang dùng máy này?",
            "Bộ lọc chưa nhận ra máy này nên hỏi tên đăng nhập và mật khẩu mà bố mẹ đã cho con. Nếu con chưa có thì hỏi bố mẹ nhé. Muốn thử lại, con hãy tải lại trang này.",
        ),
    },
    TOO_MANY: {
        Language.ENGLISH: (
            "Let's wait a little",
            "The password was not right several times. Try again in {minutes} min, or ask your parents: they can set a new one.",
        ),
        Language.VIETNAMESE: (
            "Mình đợi một chút nhé",
            "Mật khẩu chưa đúng mấy lần rồi. {minutes} phút nữa con thử lại nhé, hoặc nhờ bố mẹ đặt mật khẩu mới.",
        ),
    },
}


def sign_in_first(language: Language) -> Response:
    """The answer that makes a browser ask for name and password; the family's language comes first."""
    challenge = {"Proxy-Authenticate": 'Basic realm="Porchlight", charset="UTF-8"'}
    return _answer(SIGN_IN_FIRST, language, challenge)


def too_many(language: Language, seconds: float) -> Response:
    """The answer while no password from there is looked at."""
    after = {"Retry-After": str(math.ceil(seconds))}
    return _answer(TOO_MANY, language, after, minutes=math.ceil(seconds / 60))


def _answer(status: int, language: Language, more: dict[str, str], *, minutes: int = 0) -> Response:
    languages = sorted(Language, key=lambda one: one is not language)
    words = [(one, *_WORDS[status][one]) for one in languages]
    sections = "".join(
        f'<section lang="{one.value}"><h1>{escape(title)}</h1>'
        f"<p>{escape(text.format(minutes=minutes))}</p></section>"
        for one, title, text in words
    )
    page = _PAGE.format(language=language.value, title=escape(words[0][1]), sections=sections)
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": CONTENT_POLICY,
        **more,
    }
    return Response.make(status, page.encode(), headers)
