"""What a hostile server of lists does, by name, and why each is refused."""

import gzip

from store.list_faults import Fault
from tests.store.list_server import (
    HOST,
    LIST,
    Deed,
    answer,
    bomb,
    cut,
    endless,
    leading,
    silent,
)

UNTOLD = b"HTTP/1.1 200 OK\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(LIST.encode())
HALF = "".join(LIST.splitlines(keepends=True)[:490]).encode()
TOP = b"google.com\nfacebook.com\nyoutube.com\nwikipedia.org\n"
PAGE = b"\n<!DOCTYPE html><title>Sign in to the hotel's network</title>"
SILENT = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\na.example\n"

HOSTILE: dict[str, tuple[bytes | Deed, Fault]] = {
    "cut": (cut(answer()[:-500]), Fault.CUT),
    "cut cleanly": (answer(length=len(LIST) + 1), Fault.CUT),
    "cut without a length": (cut(UNTOLD + LIST.encode()), Fault.CUT),
    "cut in a chunk": (CHUNKED + b"ffff\r\n" + LIST.encode(), Fault.CUT),
    "cut between chunks": (CHUNKED + b"a\r\na.example\n\r\n", Fault.CUT),
    "cut before the answer": (b"", Fault.CUT),
    "cut in the headers": (cut(b"HTTP/1.1 200 OK\r\nCont"), Fault.CUT),
    "cut gzip": (answer(PACKED[:-20]), Fault.CUT),
    "longer than it says": (answer(length=len(LIST) - 7), Fault.CUT),
    "a chunk of no length": (CHUNKED + b"zz\r\na.example\n", Fault.NOT_HTTP),
    "two lengths": (answer(Content_Length="7"), Fault.NOT_HTTP),
    "a length without end": (
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        Fault.NOT_HTTP,
    ),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", Fault.NOT_HTTP),
    "oversized header": (answer(x="x" * 200_000), Fault.NOT_HTTP),
    "endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 99), Fault.NOT_HTTP),
    "endless hints": (endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 9), Fault.SLOW),
    "silent at once": (silent(b""), Fault.SLOW),
    "silent in the headers": (silent(b"HTTP/1.1 200 OK\r\n"), Fault.SLOW),
    "silent in the body": (silent(SILENT), Fault.SLOW),
    "a byte at a time": (endless(UNTOLD, b"a", pause=0.05), Fault.SLOW),
    "a header's byte at a time": (endless(b"HTTP/1.1 ", b"2", pause=0.05), Fault.SLOW),
    "endless": (endless(UNTOLD, b"a.example\n" * 99), Fault.TOO_LARGE),
    "endless chunks": (
        endless(CHUNKED, b"3de\r\n" + b"a.example\n" * 99 + b"\r\n"),
        Fault.TOO_LARGE,
    ),
    "endless line": (endless(UNTOLD, b"a" * 999), Fault.TOO_LARGE),
    "10 GB": (answer(length=10_000_000_000), Fault.TOO_LARGE),
    "bomb": (answer(bomb(64 << 20), content_encoding="gzip"), Fault.TOO_LARGE),
    "bomb in a file": (answer(bomb(64 << 20)), Fault.TOO_LARGE),
    "damaged gzip": (answer(PACKED[:99] + b"?" + PACKED[100:]), Fault.PACKING),
    "another packing": (answer(content_encoding="br"), Fault.PACKING),
    "HTML": (answer(PAGE, content_type="text/html; charset=utf-8"), Fault.WEB_PAGE),
    "HTML as text": (answer(PAGE, content_type="text/plain"), Fault.WEB_PAGE),
    "HTML in gzip": (answer(gzip.compress(PAGE)), Fault.WEB_PAGE),
    "a list as HTML": (answer(content_type="text/html"), Fault.WEB_PAGE),
    "UTF-16": (answer(LIST.encode("utf-16")), Fault.NOT_TEXT),
    "UTF-16 without a mark": (answer(LIST.encode("utf-16-be")), Fault.NOT_TEXT),
    "charset UTF-16": (answer(content_type="text/plain; charset=utf-16"), Fault.NOT_TEXT),
    "charset UTF-7": (answer(content_type="text/plain;charset=UTF-7"), Fault.NOT_TEXT),
    "charset rot13": (answer(content_type='text/plain; charset="ROT13"'), Fault.NOT_TEXT),
    "charset unknown": (answer(content_type="text/plain; charset=klingon"), Fault.NOT_TEXT),
    "not found": (answer(status="404 Not Found"), Fault.STATUS),
    "broken": (answer(status="500 Oops"), Fault.STATUS),
    "a part": (answer(status="206 Partial Content"), Fault.STATUS),
    "a redirect to nowhere": (answer(status="302 Found"), Fault.STATUS),
    "to http": (leading(f"http://{HOST}/"), Fault.NOT_HTTPS),
    "to a file": (leading("file:///etc/passwd"), Fault.NOT_HTTPS),
    "to nonsense": (leading("https://[::"), Fault.NOT_HTTPS),
    "to loopback": (leading("https://127.0.0.1/list.txt"), Fault.INSIDE),
    "to loopback by name": (leading("https://localhost/"), Fault.INSIDE),
    "to a private address": (leading("https://192.168.1.1/"), Fault.INSIDE),
    "to the cloud's own": (leading("https://169.254.169.254/latest/"), Fault.INSIDE),
    "to itself": (leading("/list.txt"), Fault.REDIRECTS),
    "half": (answer(HALF), Fault.SHRUNK),
    "empty": (answer(b""), Fault.EMPTY),
    "comments": (answer(b"# soon\n" * 9), Fault.EMPTY),
    "google": (answer(LIST.encode() + b"www.google.com\n"), Fault.ALARM),
    "top sites": (answer(TOP), Fault.ALARM),
    "words": (answer(b"The list has moved.\nSee the forum.\n"), Fault.NO_LIST),
    "a number without an end": (
        answer(b"# Entries: " + b"9" * 5000 + b"\nb.example\n"),
        Fault.SHRUNK,
    ),
    "JSON": (answer(b'{"message": "API rate limit exceeded"}'), Fault.NO_LIST),
}
