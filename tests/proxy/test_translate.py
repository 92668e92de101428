from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.http import Headers, HTTPFlow, Response
from mitmproxy.test import tflow

from proxy.translate import (
    line,
    line_of_fault,
    named_request,
    new_id,
    reply_of,
    requests_of,
)
from rules.request import ID_LENGTH, Reply, Stage
from tests.proxy.conftest import make_decision


def flow_to(
    host: str,
    *,
    header: str | None = None,
    authority: str = "",
    sni: str | None = None,
    path: bytes = b"/",
) -> HTTPFlow:
    flow = tflow.tflow()
    flow.client_conn.peername = ("127.0.0.2", 50000)
    flow.client_conn.sni = sni
    flow.request.data.host = host
    flow.request.data.port = 443
    flow.request.data.scheme = b"https"
    flow.request.data.path = path
    flow.request.data.authority = authority.encode()
    flow.request.headers = Headers([(b"host", header.encode())] if header is not None else [])
    return flow


def hosts(flow: HTTPFlow) -> tuple[str, ...]:
    return tuple(request.url.host for request in requests_of(flow))


def test_one_name_in_many_spellings_is_one_request() -> None:
    flow = flow_to(
        "GOOD.example.", header="good.EXAMPLE:443", authority="good.example", sni="Good.example"
    )
    assert hosts(flow) == ("good.example",)


def test_every_different_name_is_a_request_and_the_shown_one_is_first() -> None:
    flow = flow_to(
        "connect.example", header="host.example", authority="h2.example", sni="sni.example"
    )
    assert hosts(flow) == ("h2.example", "host.example", "connect.example", "sni.example")


def test_a_second_host_header_is_read_too() -> None:
    flow = flow_to("a.example")
    flow.request.headers = Headers([(b"host", b"a.example"), (b"Host", b"b.example")])
    assert hosts(flow) == ("a.example", "b.example")


def test_more_hosts_than_can_be_meant_are_refused() -> None:
    flow = flow_to("a.example")
    flow.request.headers = Headers([(b"host", b"h%d.example" % n) for n in range(9)])
    with pytest.raises(ValueError, match="9 Host headers"):
        requests_of(flow)


def test_all_names_share_one_id_and_client() -> None:
    first, second = requests_of(flow_to("a.example", header="b.example"))
    assert first.id == second.id
    assert first.client.address == "127.0.0.2"


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        (b"*", "/"),
        (b"/a#b", "/a%23b"),
        (b"/caf\xc3\xa9?x=\xff", "/caf%C3%A9?x=%FF"),
        (b"//evil.example/", "/evil.example/"),
        (b"/a/../b", "/b"),
    ],
)
def test_a_path_cannot_change_the_host(path: bytes, normal: str) -> None:
    (request,) = requests_of(flow_to("a.example", path=path))
    assert request.url.host == "a.example"
    shown = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    assert shown == normal


@pytest.mark.parametrize(
    "header",
    [
        "user@a.example",
        "a b",
        "a.example:80:80",
        "[::1",
        "a/b",
        "a..b",
        "a" + "\u00ad" * 1000 + ".example",
        "a.example:" + "0" * 1000 + "80",
    ],
)
def test_a_host_that_no_browser_sends_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        requests_of(flow_to("a.example", header=header))


@pytest.mark.parametrize(
    "path",
    [
        b"",
        b"@evil.example/",
        b"secret/x",
        b"https://a.example/secret/x",
        b"/a /secret/x",
        b"/a\x0bb",
    ],
)
def test_a_path_that_a_site_may_read_as_another_is_refused(path: bytes) -> None:
    with pytest.raises(ValueError, match="not a request line"):
        requests_of(flow_to("a.example", path=path))


@pytest.mark.parametrize("method", [b"", b"GET /secret/x", b"G\x1b[31mT"])
def test_a_method_that_is_more_than_a_word_is_refused(method: bytes) -> None:
    flow = flow_to("a.example")
    flow.request.data.method = method
    with pytest.raises(ValueError, match="not a request line"):
        requests_of(flow)


@pytest.mark.parametrize("value", [b"a\rHost: b.example", b"a\r\n b", b"a\nb", b"a\0b"])
def test_a_header_that_a_site_may_read_as_two_is_refused(value: bytes) -> None:
    flow = flow_to("a.example")
    flow.request.headers = Headers([(b"x", value), (b"host", b"a.example")])
    with pytest.raises(ValueError, match="within a header"):
        requests_of(flow)


def test_an_ipv6_address_is_read_with_and_without_brackets() -> None:
    assert hosts(flow_to("2001:db8::1", header="[2001:DB8:0::1]:443")) == ("2001:db8::1",)


def test_a_connect_is_a_request_of_which_only_the_name_is_known() -> None:
    client = tflow.tclient_conn()
    client.peername = ("::ffff:127.0.0.2", 1)
    request = named_request(client, "A.example", 8443)
    assert (request.stage, request.url.text) == (Stage.NAME, "https://a.example:8443/")
    assert request.client.address == "127.0.0.2"


def test_ids_are_different_and_can_be_read_out() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(one) == ID_LENGTH and not set(one) & set("AEILOU") for one in ids)
    assert len(set("".join(ids))) == 30


def test_a_line_holds_the_whole_address() -> None:
    (request,) = requests_of(flow_to("a.example", path=b"/x?y=1"))
    record = line(make_decision(), request, datetime.now(UTC))
    assert (record.scheme, record.host, record.path) == ("https", "a.example", "/x?y=1")
    assert record.client == "127.0.0.2"


def test_a_line_of_what_cannot_be_read_holds_nothing_that_a_database_refuses() -> None:
    flow = flow_to("a\udcff\x00\x1b[2J" + "b" * 500, path=b"/secret")
    flow.request.data.method = b"G\xffT" * 100
    record = line_of_fault(make_decision(), flow.client_conn, flow, datetime.now(UTC))
    assert record.host.startswith("a\\udcff")
    assert len(record.host) <= 253
    assert len(record.method) <= 20
    assert record.path == ""
    assert (record.method + record.host).isascii()
    assert (record.method + record.host).isprintable()


@pytest.mark.parametrize(
    ("disposition", "names"),
    [
        ("attachment; filename=a.exe", "a.exe"),
        ('inline; FileName="a b.exe"', "a b.exe"),
        ("attachment; filename=\"a.txt\"; filename*=UTF-8''tr%C3%B2.exe", "trò.exe"),
        ("attachment; filename*=UTF-8''a.exe; filename=a.txt", "a.exe"),
        ("attachment; filename*=no-charset''a.exe", "a.exe"),
        ('attachment; filename*0="a."; filename*1="exe"', "a.exe"),
        ("filename=a.exe", "a.exe"),
        (f'attachment; x="{"a" * 100_000}"; filename=a.exe', "a.exe"),
        ("attachment; filename=a.exe; filename*=", "a.exe"),
        ("attachment; filename*=no-charset''a.txt; filename=a.exe", "a.exe"),
        ("attachment; filename=a.txt; filename=a.exe", "a.exe"),
        ('attachment; filename="a.exe', "a.exe"),
        ('attachment; filename="a.e\\xe"', "a.exe"),
        ('attachment; filename="=?UTF-8?B?YS5leGU=?="', "a.exe"),
        ("attachment; filename==?UTF-8?Q?a=2Eexe?=", "a.exe"),
        ("attachment; " + "filename=a.txt; " * 9999 + "filename=a.exe", "a.exe"),
    ],
)
def test_the_name_of_an_answer_is_read_as_browsers_read_it(disposition: str, names: str) -> None:
    answer = Response.make(200, headers={"Content-Disposition": disposition})
    assert names in reply_of(answer).filenames


@pytest.mark.parametrize("disposition", ["attachment", "", "attachment; name=a.exe", "filename="])
def test_an_answer_may_have_no_name(disposition: str) -> None:
    answer = Response.make(200, headers={"Content-Disposition": disposition})
    assert reply_of(answer) == Reply()


def test_of_several_headers_all_are_read() -> None:
    answer = Response.make(200)
    answer.headers = Headers(
        [
            (b"Content-Type", b"text/html"),
            (b"Content-Type", b"video/mp4"),
            (b"Content-Disposition", b"inline; filename=a.txt"),
            (b"Content-Disposition", b"attachment; filename=b.exe"),
        ]
    )
    assert reply_of(answer) == Reply(mime="text/html, video/mp4", filenames=("a.txt", "b.exe"))


@given(st.binary(max_size=80))
def test_no_header_of_an_answer_breaks_the_reading(value: bytes) -> None:
    answer = Response.make(200)
    answer.headers = Headers(
        [(b"Content-Disposition", b"attachment; filename" + value), (b"Content-Type", value)]
    )
    assert isinstance(reply_of(answer), Reply)


def test_a_header_without_an_end_costs_little() -> None:
    answer = Response.make(200, headers={"Content-Disposition": ';"' * 500_000})
    assert not reply_of(answer).filenames
