from pathlib import Path
from threading import Thread

from store.list_wishes import WISHES_FILE, Wish, is_wished, take_wishes, wish


def test_a_wish_waits_until_it_is_taken_and_no_longer(tmp_path: Path) -> None:
    assert not is_wished(tmp_path)
    wish(tmp_path, ["bets"])
    assert is_wished(tmp_path)
    assert take_wishes(tmp_path) == (Wish(keys=("bets",)),)
    assert not is_wished(tmp_path)
    assert take_wishes(tmp_path) == ()


def test_wishes_are_gathered_each_once_in_their_order(tmp_path: Path) -> None:
    wish(tmp_path, ["bets"], may_shrink=True)
    wish(tmp_path)
    wish(tmp_path)
    wish(tmp_path, ["bets"])
    assert take_wishes(tmp_path) == (
        Wish(keys=("bets",), may_shrink=True),
        Wish(),
        Wish(keys=("bets",)),
    )


def test_what_is_no_wish_hides_none(tmp_path: Path) -> None:
    (tmp_path / WISHES_FILE).write_bytes(b'{"keys": [1]}\n\xff\n[]\n')
    wish(tmp_path, ["bets"])
    assert take_wishes(tmp_path) == (Wish(keys=("bets",)),)


def test_none_of_many_at_once_is_lost(tmp_path: Path) -> None:
    taken: list[Wish] = []
    threads = [Thread(target=wish, args=(tmp_path, [f"list{n}"])) for n in range(50)]
    for thread in threads:
        thread.start()
    while len(taken) < len(threads):
        taken += take_wishes(tmp_path)
    for thread in threads:
        thread.join()
    assert {one.keys for one in taken} == {(f"list{n}",) for n in range(50)}
