"""The house stands as docs and pyproject.toml say, and each rule of it was seen to fail."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("rules", "store", "proxy", "admin", "commands")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
TOP_LEVEL = {
    *ROOMS,
    *("porchlight", "porchlight.py", "extension", "tests", "docs", "benchmarks"),
    *("pyproject.toml", "requirements.lock", "README.md", "LICENSE"),
    *(".ci", ".gitignore", ".gitattributes", ".python-version", ".github"),
}
READER = "part of the reader: tests/rules/test_policy_text.py and the broken files hold it whole"
MODEL = "a model without behaviour: mypy and every test of what uses it hold it"
WITHOUT_A_TEST = {
    "rules/__init__.py": "a docstring",
    "store/__init__.py": "a docstring",
    "proxy/__init__.py": "a docstring",
    "commands/__init__.py": "a docstring",
    "rules/catalog.py": MODEL,
    "rules/decision.py": MODEL,
    "rules/facts.py": MODEL,
    "rules/policy.py": MODEL,
    "rules/safe_mode.py": MODEL,
    "rules/subscription.py": MODEL,
    "rules/policy_draft.py": READER,
    "rules/policy_entries.py": READER,
    "rules/policy_expect.py": READER,
    "rules/policy_forms.py": READER,
    "rules/policy_groups.py": READER,
    "rules/policy_lists.py": READER,
    "rules/policy_people.py": READER,
    "rules/policy_shape.py": READER,
    "rules/policy_times.py": READER,
    "rules/policy_values.py": READER,
    "rules/problems.py": READER,
    "rules/yaml_faults.py": READER,
    "store/list_faults.py": MODEL,
    "rules/questions.py": "the engine's questions: tests/cases/ by tests/rules/test_engine.py",
}
"""Source files that no test file mirrors, and why."""
PLANTS = [
    ("Floors: commands on proxy | admin on store on rules", "rules/catalog.py", "import store"),
    ("Floors: commands on proxy | admin on store on rules", "store/lists.py", "import admin"),
    ("Floors: commands on proxy | admin on store on rules", "proxy/enforce.py", "import admin"),
    ("Floors: commands on proxy | admin on store on rules", "admin/rows.py", "import proxy"),
    ("Floors: commands on proxy | admin on store on rules", "admin/rows.py", "import commands"),
    ("rules is pure", "rules/catalog.py", "import socket"),
    ("One seam reads YAML and pydantic", "rules/match.py", "import yaml"),
    ("One seam reads YAML and pydantic", "rules/policy_edit.py", "import pydantic"),
    ("The engine reads no text", "rules/match.py", "import rules.policy_text"),
    ("The event loop never waits for a disk", "proxy/addon.py", "import store.decisions"),
    ("mitmproxy stays in proxy", "commands/up.py", "import mitmproxy.http"),
    ("Flask stays in admin", "proxy/enforce.py", "import flask"),
]
"""A contract of pyproject.toml, a file, and a line in it that the contract must refuse."""

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = sorted(
    [ROOT / "porchlight.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def contracts_of(place: Path) -> str:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(
            ROOT / room,
            tmp_path / room,
            ignore=shutil.ignore_patterns("__pycache__", "templates", "static", "locale"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_hold() -> None:
    said = contracts_of(ROOT)
    assert " 0 broken." in said, said


@pytest.mark.parametrize(("contract", "file", "line"), PLANTS)
def test_a_contract_breaks_on_a_planted_import(
    house: Path, contract: str, file: str, line: str
) -> None:
    with (house / file).open("a", encoding="utf-8") as planted:
        planted.write(f"\n{line}\n")
    said = contracts_of(house)
    assert f"{contract} BROKEN" in said, said


def test_every_contract_has_a_plant() -> None:
    contracts = {contract["name"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in PLANTS}


def test_no_imports_run_in_a_circle() -> None:
    graph = grimp.build_graph(*ROOMS)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert tuple(TopologicalSorter(imports).static_order())


def test_the_top_of_the_house_touches_neither_mitmproxy_nor_flask() -> None:
    # One file is no package: import-linter cannot see it, so its contracts are held here.
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree_of(ROOT / "porchlight.py"))
        for name in imported_names(node)
    }
    assert imported <= {"importlib", "typing", "click", "sqlalchemy", "commands", "rules", "store"}


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "."]
    return []


def test_nothing_imports_the_top_of_the_house() -> None:
    importers = [
        named(path)
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if "porchlight" in imported_names(node)
    ]
    assert importers == []


def test_no_file_is_long() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES + TESTS}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    lengths = {
        f"{named(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in SOURCES + TESTS
        for node in functions(path)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_import_stands_in_a_function() -> None:
    found = [
        f"{named(path)}:{inner.lineno}"
        for path in SOURCES + TESTS
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_every_source_file_says_what_it_answers_for() -> None:
    assert [named(path) for path in SOURCES if not ast.get_docstring(tree_of(path))] == []


def mirror(path: Path) -> Path:
    stem = path.stem.strip("_")
    return ROOT / "tests" / path.relative_to(ROOT).with_name(f"test_{stem}.py")


def needs_a_test(path: Path) -> bool:
    is_migration = path.is_relative_to(ROOT / "store" / "migrations")  # test_upgrade.py runs them
    return not is_migration and named(path) not in WITHOUT_A_TEST


def test_tests_mirror_sources() -> None:
    bare = [named(path) for path in SOURCES if needs_a_test(path) and not mirror(path).is_file()]
    assert bare == []


def test_every_exemption_is_still_needed() -> None:
    stale = [
        name
        for name in WITHOUT_A_TEST
        if not (ROOT / name).is_file() or mirror(ROOT / name).is_file()
    ]
    assert stale == []


def test_the_readme_names_only_what_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text[
        text.index("## Where do I change what") : text.index("## What scripts may rely on")
    ]
    paths = re.findall(r"`([a-z_]+/[^`]*)`", table) + re.findall(r"\]\((docs/[^)]*)\)", text)
    assert len(paths) > 20
    assert [path for path in paths if not list(ROOT.glob(path))] == []


@pytest.mark.parametrize("name", ["requirements.lock", "tests/requirements.lock"])
def test_every_pin_has_a_hash_and_no_lock_names_a_registry(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    pins = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(pins) > 20
    for pin in pins:
        assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==\S+", pin), pin[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", pin), pin[:80]


def test_both_locks_agree() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(
            re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE)
        )

    run, test = versions("requirements.lock"), versions("tests/requirements.lock")
    assert {name: test[name] for name in run.keys() & test.keys()} == {
        name: run[name] for name in run.keys() & test.keys()
    }


def test_only_known_names_stand_at_the_top() -> None:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607  # git is where the developer's PATH has it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert {name.partition("/")[0] for name in listed} - TOP_LEVEL == set()
