import tracemalloc
from collections.abc import Iterable
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.domain_table import DomainTable, Hit, TableBuilder, verify
from rules.hosts import parents, parse_url
from rules.list_entry import Claim, Entry, Source, bare, is_closed, speaks_of

A, B = Source(name="a", categories=("adult",)), Source(name="b", categories=("games", "social"))
LABELS = st.sampled_from(["a", "b", "www", "xn--ccc-jg6axb"])
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "com"]))
CLAIMS = st.builds(
    lambda reach, *marks: Claim(reach | sum(marks)),
    st.integers(1, 3),
    st.sampled_from([0, int(Claim.EXCEPT)]),
    st.sampled_from([0, int(Claim.IMPORTANT)]),
)
LISTS = st.lists(st.lists(st.tuples(NAMES, CLAIMS), max_size=12), max_size=4)


def table_of(*lists: tuple[Source, Iterable[tuple[str, Claim]]]) -> bytes:
    builder = TableBuilder()
    for source, entries in lists:
        builder.add(source, (Entry(1, name, claim) for name, claim in entries))
    return builder.finish()


SMALL = table_of(
    (A, [("evil.com", Claim.TREE), ("one.example.com", Claim.HOST), ("both.com", Claim.TREE)]),
    (B, [("both.com", Claim.TREE), ("x.below.com", Claim.BELOW)]),
)


def names_of(hits: tuple[Hit, ...]) -> list[tuple[str, str]]:
    return [(hit.source.name, hit.domain) for hit in hits]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("evil.com", [("a", "evil.com")]),
        ("www.evil.com", [("a", "evil.com")]),
        ("notevil.com", []),
        ("one.example.com", [("a", "one.example.com")]),
        ("x.one.example.com", []),
        ("wwww.one.example.com", []),
        ("x.www.one.example.com", []),
        ("www.one.example.com", [("a", "one.example.com")]),
        ("m.one.example.com", [("a", "one.example.com")]),
        ("example.com", []),
        ("x.below.com", []),
        ("y.x.below.com", [("b", "x.below.com")]),
        ("www.both.com", [("a", "both.com"), ("b", "both.com")]),
        ("com", []),
        ("127.0.0.1", []),
        ("2001:db8::1", []),
    ],
)
def test_a_host_is_found_by_its_own_name_and_those_above(
    host: str, found: list[tuple[str, str]]
) -> None:
    assert names_of(DomainTable(SMALL).find(host)) == found


def test_an_answer_knows_the_list_and_its_categories() -> None:
    (hit,) = DomainTable(SMALL).find("y.x.below.com")
    assert hit == Hit(source=B, domain="x.below.com", claim=Claim.BELOW)


def test_the_most_exact_domain_of_a_list_is_named() -> None:
    table = DomainTable(table_of((A, [("a.com", Claim.TREE), ("b.a.com", Claim.TREE)])))
    assert names_of(table.find("c.b.a.com")) == [("a", "b.a.com")]


def test_an_exception_opens_in_its_own_list_only() -> None:
    block, opens = ("a.com", Claim.TREE), ("ok.a.com", Claim.TREE | Claim.EXCEPT)
    table = DomainTable(table_of((A, [block, opens]), (B, [block])))
    assert names_of(table.find("www.ok.a.com")) == [("b", "a.com")]
    assert names_of(table.find("bad.a.com")) == [("a", "a.com"), ("b", "a.com")]


def test_a_page_is_found_and_never_taken_for_its_host() -> None:
    builder = TableBuilder()
    entries = ["/bad/", "/watch?v=1", ":8080/"]
    builder.add(A, [Entry(1, "www.facebook.com", Claim.HOST, path) for path in entries])
    table = DomainTable(builder.finish())
    assert table.find("www.facebook.com") == table.find("x.www.facebook.com") == ()
    assert [one.name for one in table.find_pages("www.facebook.com")] == ["a"]
    assert table.find_pages("facebook.com") == ()
    bad = ["/bad", "/bad/", "/bad?from=mail", "/watch?v=1", "/watch/?v=1", ":8080", ":8080/?a"]
    good = ["/", "/bad/less", "/badly", "/watch", "/watch?v=12", "/?v=1", ":8081", "/BAD"]
    asked = {
        path: table.find_page(parse_url(f"https://www.facebook.com{path}")) for path in bad + good
    }
    assert [path for path, hits in asked.items() if hits] == bad
    assert [hit.domain for hit in asked["/bad/"]] == ["www.facebook.com/bad"]


def test_a_table_without_pages_needs_no_look_at_a_path() -> None:
    assert DomainTable(table_of((A, [("a.com", Claim.HOST)]))).find_pages("a.com") == ()


def test_a_domain_that_stands_twice_is_one() -> None:
    table = DomainTable(table_of((A, [("a.com", Claim.HOST), ("a.com", Claim.BELOW)] * 3)))
    assert len(table) == 1
    assert [hit.claim for hit in table.find("a.com")] == [Claim.TREE]


def test_a_domain_that_stands_a_million_times_costs_little_more_than_once() -> None:
    builder = TableBuilder()
    builder.add(A, repeat(Entry(1, "a.com", Claim.TREE), 300_000))
    tracemalloc.start()
    assert len(DomainTable(builder.finish())) == 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_an_empty_table_answers() -> None:
    assert DomainTable(table_of()).find("a.com") == ()


@given(LISTS, st.lists(NAMES, max_size=10))
def test_a_table_answers_as_plain_dicts_do(
    lists: list[list[tuple[str, Claim]]], hosts: list[str]
) -> None:
    sources = [Source(name=str(number)) for number in range(len(lists))]
    content = table_of(*zip(sources, lists, strict=True))
    verify(content)
    table = DomainTable(content)
    assert len(table) == len({name for entries in lists for name, _ in entries})
    for host in {*hosts, *(f"deep.{name}" for entries in lists for name, _ in entries)}:
        expected = []
        for source, entries in zip(sources, lists, strict=True):
            plain: dict[str, list[Claim]] = {}
            for name, claim in entries:
                plain.setdefault(name, []).append(claim)
            claims = [
                claim
                for name in parents(host)
                for claim in plain.get(name, [])
                if speaks_of(claim, is_itself=name in {host, bare(host)})
            ]
            if is_closed(claims):
                expected.append(source.name)
        assert [hit.source.name for hit in table.find(host)] == expected


PATHS = [
    "/a",
    "/a/",
    "/a/b",
    "/A",
    "/ab",
    ":81/a",
    ":81/",
    "/a?x=1",
    "/a/?x=1",
    "/?x=1",
    "/a?x=1&y",
]
PAGE_ENTRIES = st.tuples(NAMES, CLAIMS, st.sampled_from(["", *PATHS]))
PAGES = st.lists(PAGE_ENTRIES, max_size=12)
ASKED = st.lists(st.tuples(NAMES, st.sampled_from(["/", *PATHS])), max_size=12)


def page_of(name: str, path: str) -> tuple[str, str, str]:
    bare, _, query = path.partition("?")
    return name, bare.rstrip("/"), query


@given(st.lists(PAGES, min_size=1, max_size=3), ASKED)
def test_pages_are_found_as_a_plain_set_of_them_finds_them(
    lists: list[list[tuple[str, Claim, str]]], asked: list[tuple[str, str]]
) -> None:
    builder, plain = TableBuilder(), TableBuilder()
    for number, entries in enumerate(lists):
        source = Source(name=str(number))
        builder.add(source, [Entry(1, *entry) for entry in entries])
        plain.add(source, [Entry(1, *entry) for entry in entries if not entry[2]])
    table, sites = DomainTable(builder.finish()), DomainTable(plain.finish())
    kept = [{page_of(name, path) for name, _, path in pages if path} for pages in lists]
    for name, path in [
        *asked,
        *((name, path) for pages in lists for name, _, path in pages if path),
    ]:
        page = page_of(name, path)
        wanted = {page, (*page[:2], "")}
        holding = {str(number) for number, pages in enumerate(kept) if pages & wanted}
        near = {
            str(number) for number, pages in enumerate(kept) if name in {one[0] for one in pages}
        }
        found = table.find_page(parse_url(f"https://{name}{path}"))
        assert {hit.source.name for hit in found} == holding
        assert {one.name for one in table.find_pages(name)} == near
        # a page says nothing of its site
        assert table.find(name) == sites.find(name)


@given(st.integers(0, len(SMALL) * 8 - 1))
def test_one_wrong_bit_anywhere_is_noticed(bit: int) -> None:
    damaged = bytearray(SMALL)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ValueError, match="table"):
        verify(damaged)


@given(st.integers(0, len(SMALL) - 1))
def test_a_table_cut_short_is_not_opened(length: int) -> None:
    with pytest.raises(ValueError, match="table"):
        DomainTable(SMALL[:length])


@pytest.mark.parametrize("content", [b"", b"# a list\na.com\n" * 20, SMALL + b"\0"])
def test_what_is_no_table_is_not_opened(content: bytes) -> None:
    with pytest.raises(ValueError, match="table"):
        DomainTable(content)


def test_a_damaged_body_gives_an_error_and_no_wrong_answer() -> None:
    damaged = bytearray(table_of((A, [("a.com", Claim.TREE)])))
    damaged[-4:] = b"\xff" * 4
    with pytest.raises(ValueError, match="damaged"):
        DomainTable(damaged).find("a.com")


def test_the_table_is_the_same_in_whatever_order_a_list_stands() -> None:
    entries = [(f"{number}.com", Claim.TREE) for number in range(1000)]
    assert table_of((A, entries)) == table_of((A, reversed(entries)))


def test_the_bytes_are_those_that_the_papers_promise() -> None:
    content = table_of((A, [("example.com", Claim.TREE)]))
    legend = b'{"made_of":"","lists":[{"name":"a","categories":["adult"]}],"meanings":[[[0,3]]]}'
    assert content[:16] == b"PORCHTBL" + (1).to_bytes(4, "little") + (88).to_bytes(4, "little")
    assert content[16:24] == (1).to_bytes(8, "little")
    assert content[56:144] == legend.ljust(88)
    # BLAKE2s with a digest of 8 bytes, of "example.com" (RFC 7693), big-endian
    assert content[144:152][::-1].hex() == "a3e5291bae2acded"
    assert content[152:] == bytes(4)
