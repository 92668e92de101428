"""How much hosts' own names say, where they say it wrongly, and what the asking costs. Reads the published lists beside the project.

    .venv/bin/python benchmarks/names.py

Prints, of each list, how many of its names are heard; every name that is heard among ordinary sites,
for a person to judge; and microseconds a name. Takes under a minute. No network.
"""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from rules.hosts import LONGEST_LABEL, normal_host, parse_url  # noqa: E402  # after the path
from rules.list_text import read_list  # noqa: E402
from rules.name_score import read_name  # noqa: E402
from store.list_files import read_lines  # noqa: E402
from store.lists import load_catalog, load_guard  # noqa: E402
from store.name_words import load_name_words  # noqa: E402

LISTS = ROOT.parent / "shared" / "lists"
SAID = {
    "hostsvn-adult.hosts.txt": "adult",
    "sinfonietta/pornography-hosts": "adult",
    "jarelllama/lists__adblock__nsfw.txt": "adult",
    "hostsvn-gambling.hosts.txt": "gambling",
    "sinfonietta/gambling-hosts": "gambling",
    "ut1-gambling.domains.txt": "gambling",
}
"""Lists whose names should be heard, and as what."""
ORDINARY = ("ut1-press.domains.txt", "ut1-bank.domains.txt", "ut1-shopping.domains.txt")
OTHERWISE = (
    "ut1-dating.domains.txt",
    "ut1-games.domains.txt",
    "ut1-social_networks.domains.txt",
    "ut1-vpn.domains.txt",
    "ut1-redirector.domains.txt",
    "mixed-ads-trackers.domains.txt",
)
"""Lists of something else, with some of both among them."""
RUNS = 7
MOST_WASTED = [
    ".".join([(part * LONGEST_LABEL)[:LONGEST_LABEL]] * 3) + f".{(part * 60)[:55]}.sex"
    for part in ("sexpersexper", "bookyourslo", "porn", "x")
]
"""Names of 251 characters, of which as much as possible is looked at in vain."""

WORDS = load_name_words()


def listed(name: str) -> set[str]:
    """The names on a list."""
    return {entry.name for entry in read_list(read_lines(LISTS / name)) if not entry.path}


def normal(texts: Iterable[str]) -> set[str]:
    """The hosts among texts, in normal form."""
    hosts = set()
    for text in texts:
        try:
            hosts.add(parse_url(text).host if "://" in text else normal_host(text))
        except ValueError:
            continue
    return hosts


def ordinary() -> dict[str, set[str]]:
    """Sites of which hardly any is adult or gambling, by where they are from."""
    benign = LISTS / "benign"
    ranks = json.loads((benign / "npm_top-sites_500.json").read_text("utf-8"))
    files = ("opendns-top-domains.txt", "opendns-random-domains.txt", "urls_kasztp_48k.txt")
    texts = {name: (benign / name).read_text("utf-8-sig").split() for name in files}
    texts["npm_top-sites_500.json"] = [rank["rootDomain"].strip("/") for rank in ranks]
    catalog = load_catalog()
    return {
        **{name: normal(lines) for name, lines in texts.items()},
        **{name: listed(name) for name in ORDINARY},
        "our help sites": set(catalog.help_sites),
        "our guard": {host for group in load_guard().groups for host in group.hosts},
        "what lists have wrong": set(catalog.mistakes),
        "our services": {h for one in catalog.topics.values() if one.is_service for h in one.hosts},
    }


def heard(hosts: Iterable[str]) -> dict[str, list[str]]:
    """By category, what is said of each name that says something."""
    said: dict[str, list[str]] = {category: [] for category in WORDS.categories}
    for host in sorted(hosts):
        if reading := read_name(WORDS, host):
            said[reading.category].append(f"{host} ({', '.join(reading.words)})")
    return said


def show(name: str, hosts: set[str]) -> dict[str, list[str]]:
    """What is heard, with its share printed."""
    said = heard(hosts)
    shares = "".join(
        f"{key:>12} {len(some):6,} {len(some) / len(hosts):7.2%}" for key, some in said.items()
    )
    print(f"{name:38} {len(hosts):8,}{shares}")
    return said


def microseconds(hosts: list[str]) -> str:
    """What one name costs: median of runs with the least and the greatest."""
    figures = []
    for _ in range(RUNS):
        began = time.perf_counter()
        for host in hosts:
            read_name(WORDS, host)
        figures.append((time.perf_counter() - began) / len(hosts) * 1e6)
    return f"{median(figures):8.2f}   ({min(figures):.2f} to {max(figures):.2f})"


def main() -> None:
    """Print all figures."""
    began = time.perf_counter()
    read_name(WORDS, "casino.example")
    print(f"first name of a process, ms  {(time.perf_counter() - began) * 1e3:.1f}\n")
    plain = ordinary()
    for name in SAID:
        show(name, listed(name))
    for name in OTHERWISE:
        show(name, listed(name))
    print()
    for name, hosts in plain.items():
        for category, said in show(name, hosts).items():
            print("".join(f"    {category}: {one}\n" for one in said), end="")
    print("\nmicroseconds a name")
    quiet = sorted(plain["opendns-top-domains.txt"])
    print("ordinary (opendns top)      ", microseconds(quiet))
    print("of a list (ut1-gambling)    ", microseconds(sorted(listed("ut1-gambling.domains.txt"))))
    for host in MOST_WASTED:
        print(f"{host[:12]}..., {len(host)} characters", microseconds([host] * 100))


if __name__ == "__main__":
    main()
