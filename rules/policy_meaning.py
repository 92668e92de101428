"""What each key and each kind of value of the rule file means, in the words of the docstrings of the model and the shapes."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import cache

from rules import policy, policy_shape, safe_mode, subscription

_MODELS = {
    "FamilyShape": "Policy",
    "EntryShape": "Entry",
    "HolidayShape": "Holiday",
    "ProfileShape": "Profile",
    "SearchShape": "SafeSearch",
    "DeviceShape": "Device",
    "SubscriptionShape": "Subscription",
    "CorrectionShape": "Correction",
    "ExpectShape": "Expectation",
}
"""The class of the model whose fields are the keys of a shape."""
_ELSEWHERE = {
    "EntryShape.site": "Entry.address",
    "EntryShape.search": "Search.words",
    "EntryShape.file": "FileType.endings",
    "EntryShape.mime": "Mime.type",
    "EntryShape.from": "Entry.starts",
    "EntryShape.until": "Entry.ends",
    "HolidayShape.from": "Holiday.first",
    "HolidayShape.to": "Holiday.last",
    "ListsShape.allow": "Policy.everyone_allow",
    "ListsShape.block": "Policy.everyone_block",
    "TimeShape.windows": "Profile.windows",
    "TimeShape.budgets": "Profile.budgets",
    "Windows.every_day": "DayKind",
    "BudgetDays.every_day": "Budget.allowances",
    "BudgetDays.carry_over": "Budget.carry_over",
    "DeviceShape.ip": "Device.address",
    "SearchShape.safe": "SafeSearch.is_safe",
    "SubscriptionShape.is": "Switch",
    "CorrectionShape.not": "Correction.topics",
    "ExpectShape.is": "Expectation.action",
}
"""Keys that the model calls otherwise, and where the docstring stands."""


def meaning_of_key(shape: str, key: str) -> str:
    """What a key of a shape means; empty if no docstring says it."""
    said = _docstrings()
    name = f"{shape}.{key}"
    if name in said:
        return said[name]
    return said.get(_ELSEWHERE.get(name, f"{_MODELS.get(shape)}.{key}"), "")


def meaning_of_kind(name: str) -> str:
    """What a kind of value or a shape is; empty if no docstring says it."""
    said = _docstrings()
    return said.get(_MODELS.get(name, ""), said.get(name, ""))


def meaning_of_choice(enum: str, member: str) -> str:
    """What a member of one of the model's enums means; empty if no docstring says it."""
    return _docstrings().get(f"{enum}.{member}", "")


@cache
def _docstrings() -> Mapping[str, str]:
    """By name, `Entry.starts` or `Switch`. Reads the modules' sources, which lie beside their bytecode."""
    return {
        name: " ".join(text.split())
        for module in (policy_shape, policy, subscription, safe_mode)
        for name, text in _said(ast.parse(inspect.getsource(module)), "")
    }


def _said(scope: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, str]]:
    for node, below in zip(scope.body, [*scope.body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef):
            yield node.name, ast.get_docstring(node) or ""
            yield from _said(node, f"{node.name}.")
        elif isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            for name in _names(node):
                yield f"{prefix}{name}", str(below.value.value)


def _names(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.TypeAlias(name=ast.Name(id=name)) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]):
            yield name
