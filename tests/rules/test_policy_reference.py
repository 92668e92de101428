"""The tables of all keys."""

import re

from rules.catalog import Catalog
from rules.policy_reference import PLACES, WITHOUT, later, reference
from rules.policy_schema import ROOT, schema
from rules.policy_values import LATER


def rows(catalog: Catalog, heading: str) -> dict[str, list[str]]:
    """The cells of a table by its first column."""
    text = reference(catalog).split(f"### {heading}\n")[1].partition("\n### ")[0]
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {one[0]: one[1:] for one in cells}


def test_a_row_says_what_a_key_takes_means_and_leaves_out(catalog: Catalog) -> None:
    assert rows(catalog, "A profile")["`log`"] == [
        "`full`, `sites`, `blocked`, `counts` or `nothing`",
        "How much of what the profile does is written down. Your child may know which.",
        "the preset's, else `sites`",
    ]


def test_a_key_that_has_to_be_there_says_so(catalog: Catalog) -> None:
    assert rows(catalog, "A device")["`ip`"][-1].startswith("at least one of `wireguard`, `login`")
    assert rows(catalog, "Porchlight's rule file")["`timezone`"][-1] == "it has to be there"


def test_keys_of_which_one_has_to_be_there_name_each_other(catalog: Catalog) -> None:
    assert rows(catalog, "A list")["`url`"][-1] == "one of `url` or `file` has to be there"
    assert rows(catalog, "A list")["`every`"][-1].startswith("as often as suits the list")


def test_a_row_leads_to_the_keys_inside(catalog: Catalog) -> None:
    file = rows(catalog, "Porchlight's rule file")
    assert file["`never`"][0].endswith("See [an entry](#an-entry).")
    assert file["`everyone`"][0] == "keys: [everyone](#everyone)"
    assert "[" not in file["`timezone`"][0]


def test_every_link_leads_to_a_heading(catalog: Catalog) -> None:
    text = reference(catalog)
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-").replace("'", "") for heading in headings}
    linked = set(re.findall(r"\]\(#([^)]*)\)", text))
    assert linked == anchors - {"porchlights-rule-file"}


def test_the_kinds_of_day_share_a_row(catalog: Catalog) -> None:
    keys = [*rows(catalog, "A budget")]
    assert keys == ["`every_day`, `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`", "`carry_over`"]


def test_every_part_with_keys_of_its_own_is_in_the_reference(catalog: Catalog) -> None:
    made = schema(catalog)
    with_keys = {
        name
        for name, kind in (*made["$defs"].items(), (ROOT, made))
        if "properties" in kind.get("then", kind)
    }
    # an offered list has keys of a list; of windows and budgets a parent chooses the names
    assert with_keys - {"OfferShape", "Windows", "Budgets"} == set(PLACES)


def test_every_cell_is_filled(catalog: Catalog) -> None:
    text = reference(catalog)
    cells = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    assert len(cells) >= 70
    assert [row for row in cells if len(row) != 4 or not all(cell.strip() for cell in row)] == []
    assert WITHOUT.strip() not in text


def test_keys_that_are_not_carried_out_are_named(catalog: Catalog) -> None:
    said = later()
    assert "- a device: `decrypt`, `tunnel`" in said
    assert all(f"`{key}`" in said for keys in LATER.values() for key in keys)
