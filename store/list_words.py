"""How a list stands and why it was refused, in words for parents: for the pages and for the terminal."""

from collections.abc import Mapping
from datetime import tzinfo

from rules.policy import Language
from store.list_copies import Problem
from store.list_faults import Fault
from store.list_progress import Step
from store.list_status import State, Status

WHY: Mapping[Language, Mapping[Fault, str]] = {
    Language.ENGLISH: {
        Fault.NOT_HTTPS: "the address leads to {detail}, and lists are fetched over HTTPS only",
        Fault.UNKNOWN_NAME: "there is no server called {detail}",
        Fault.INSIDE: "{detail} is inside the house, where no list is fetched from",
        Fault.UNREACHABLE: "the server cannot be reached ({detail})",
        Fault.NOT_SECURE: "the server’s certificate is not right ({detail})",
        Fault.SLOW: "the server takes too long",
        Fault.NOT_HTTP: "what answers there is no web server",
        Fault.REDIRECTS: "the address leads on and on, at last to {detail}",
        Fault.STATUS: "the server has no list there, it answers {detail}",
        Fault.CUT: "it broke off halfway",
        Fault.TOO_LARGE: "it is larger than any list",
        Fault.PACKING: "it is damaged, or packed in a way that Porchlight does not read",
        Fault.NOT_TEXT: "it is no text that Porchlight reads ({detail})",
        Fault.WEB_PAGE: "a web page came in its place",
        Fault.CANCELLED: "it was stopped",
        Fault.DISK: "this computer cannot keep it ({detail})",
        Fault.NO_FILE: "there is no such file in the folder lists/own, or it cannot be read",
        Fault.NO_LIST: "what came is no list",
        Fault.EMPTY: "it names nothing",
        Fault.SHRUNK: "it has lost more than half of its entries ({detail})",
        Fault.ALARM: "it would block {detail}, so nobody has looked at it",
        Fault.FAVOURITES: "it would block too many of the sites that everybody needs ({detail})",
    },
    Language.VIETNAMESE: {
        Fault.NOT_HTTPS: "địa chỉ dẫn tới {detail}, mà danh sách chỉ được tải qua HTTPS",
        Fault.UNKNOWN_NAME: "không có máy chủ nào tên {detail}",
        Fault.INSIDE: "{detail} nằm trong mạng nhà, không phải nơi để tải danh sách",
        Fault.UNREACHABLE: "không kết nối được tới máy chủ ({detail})",
        Fault.NOT_SECURE: "chứng chỉ của máy chủ không đúng ({detail})",
        Fault.SLOW: "máy chủ trả lời quá chậm",
        Fault.NOT_HTTP: "ở địa chỉ đó không có máy chủ web",
        Fault.REDIRECTS: "địa chỉ cứ chuyển tiếp mãi, sau cùng tới {detail}",
        Fault.STATUS: "máy chủ không có danh sách ở đó, chỉ trả lời {detail}",
        Fault.CUT: "đang tải thì đứt giữa chừng",
        Fault.TOO_LARGE: "lớn hơn mọi danh sách",
        Fault.PACKING: "tệp nén đã hỏng, hoặc nén theo kiểu Porchlight không đọc được",
        Fault.NOT_TEXT: "không phải văn bản mà Porchlight đọc được ({detail})",
        Fault.WEB_PAGE: "nhận về một trang web chứ không phải danh sách",
        Fault.CANCELLED: "đã dừng giữa chừng",
        Fault.DISK: "máy này không lưu được ({detail})",
        Fault.NO_FILE: "trong thư mục lists/own không có tệp đó, hoặc không đọc được",
        Fault.NO_LIST: "nội dung nhận về không phải danh sách",
        Fault.EMPTY: "danh sách không nêu tên miền nào",
        Fault.SHRUNK: "danh sách mất hơn một nửa số mục ({detail})",
        Fault.ALARM: "danh sách chặn cả {detail}, chứng tỏ không ai kiểm tra nó",
        Fault.FAVOURITES: "danh sách chặn quá nhiều trang mà ai cũng cần ({detail})",
    },
}
"""By language; what follows a list's name and a colon."""

STATES: Mapping[Language, Mapping[State, str]] = {
    Language.ENGLISH: {
        State.WAITING: "waits for its first copy",
        State.FRESH: "fresh, asked for at {checked}",
        State.OLD: "old, last asked for at {checked}",
        State.FAILING: "failing since {since}: {why}",
    },
    Language.VIETNAMESE: {
        State.WAITING: "đang chờ tải lần đầu",
        State.FRESH: "còn mới, hỏi lần cuối lúc {checked}",
        State.OLD: "đã cũ, hỏi lần cuối lúc {checked}",
        State.FAILING: "không cập nhật được từ {since}: {why}",
    },
}
STAYS = {
    Language.ENGLISH: "; the copy of {fetched} stays",
    Language.VIETNAMESE: "; vẫn dùng bản tải lúc {fetched}",
}
STEPS: Mapping[Language, Mapping[Step, str]] = {
    Language.ENGLISH: {
        Step.FETCH: "is fetched",
        Step.READ: "is looked through",
        Step.COMPILE: "goes into the table",
    },
    Language.VIETNAMESE: {
        Step.FETCH: "đang tải",
        Step.READ: "đang đọc",
        Step.COMPILE: "đang đưa vào bảng",
    },
}


def number(count: int, language: Language) -> str:
    """A count as it is written in the language: 93,600 or 93.600."""
    written = f"{count:,}"
    return written.replace(",", ".") if language is Language.VIETNAMESE else written


def problem_words(problem: Problem, language: Language) -> str:
    """Why the last try changed nothing."""
    return WHY[language][problem.fault].format(detail=printable(problem.detail))


def printable(text: str) -> str:
    """A stranger's words, without anything that may steer a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def status_words(status: Status, language: Language, zone: tzinfo | None = None) -> str:
    """How a list stands. Moments are in the zone; None: the machine's own."""
    copy, problem = status.copy, status.problem
    words = STATES[language][status.state].format(
        checked=f"{copy.checked_at.astimezone(zone):%Y-%m-%d %H:%M}" if copy else "",
        since=f"{problem.since.astimezone(zone):%Y-%m-%d %H:%M}" if problem else "",
        why=problem_words(problem, language) if problem else "",
    )
    if problem is not None and copy is not None:
        words += STAYS[language].format(
            fetched=f"{copy.fetched_at.astimezone(zone):%Y-%m-%d %H:%M}"
        )
    return words
