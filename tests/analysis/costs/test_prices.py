"""Prices: the standard file, a file of one's own, and every row that is refused."""

import doctest
import importlib
import pkgutil
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from convergence.analysis import costs
from convergence.analysis.costs import CostError, Payer, PriceKind, SavingClass, Status, load_prices

MODULES = [f"{costs.__name__}.{module.name}" for module in pkgutil.iter_modules(costs.__path__)]

ROW = """
[item.bed]
label = "Lit d’exemple"
unit = "place-night"
payer = "etat_p177"
class = "capacity"
kind = "average"

[[item.bed.price]]
from = 2020-01-01
low = 10
central = 20
high = 30
source = "rapport fictif"
status = "read"
"""

STAY = """
[[stay]]
aspect = "housing"
value = "hotel"
item = "bed"
status = "read"
"""


def own(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "prix.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_facts_of_the_list_of_unit_costs_are_there() -> None:
    prices = load_prices()
    hotel, shelter, chrs = (prices.item(f"{name}_night") for name in ("hotel", "emergency_shelter", "chrs"))
    assert [item.prices[0].central for item in (hotel, shelter, chrs)] == [19.09, 26.05, 38.58]
    assert hotel.payers == (Payer.STATE_P177,)
    aid = prices.item("aci_aide_au_poste_fte")
    assert [price.central for price in aid.prices[:3]] == [19_200, 19_354, 19_474]
    assert aid.payers == (Payer.STATE_P102, Payer.COUNTY)
    assert aid.spread == pytest.approx((1.0, 1.1), abs=1e-3)


def test_no_average_price_stands_among_the_savings_that_can_be_cashed() -> None:
    items = load_prices().items.values()
    assert not [item.code for item in items if item.kind is PriceKind.AVERAGE and item.saving_class == "cashable"]
    assert load_prices().item("pension_de_famille_day").saving_class is SavingClass.CAPACITY


def test_what_nobody_read_in_its_source_says_so() -> None:
    prices = load_prices()
    assert "de mémoire" in prices.item("csapa_year").flag
    assert prices.item("prison_day").flag == ""
    assert prices.index.status[2013] is Status.READ
    assert prices.index.status[2026] is Status.MEMORY
    assert prices.index.flag(2012, 2017) == ""
    assert (
        prices.index.flag(2016, 2019) == "Indice des prix de 2018 à 2019\u00a0: de mémoire, à vérifier avant impression"
    )


def test_custody_is_outside_the_central_case() -> None:
    assert not load_prices().item("police_custody").central_case


def test_an_indexed_price_is_carried_to_the_year_of_the_month() -> None:
    prices = load_prices()
    index = prices.index
    months = np.array(["2016-05", "2024-01", "2024-12"], "datetime64[M]")
    expected = 19.09 * index.at(2016) / index.at(2024)
    assert prices.by_month("hotel_night", months) == pytest.approx([expected, 19.09, 19.09])


def test_a_decreed_amount_holds_until_the_next_one_without_the_index() -> None:
    months = np.array(["2024-10", "2024-11", "2026-03"], "datetime64[M]")
    assert load_prices().by_month("aci_aide_au_poste_fte", months).tolist() == [23_196, 23_921, 23_921]


def test_before_the_first_decree_the_first_amount_stands_carried_by_the_index_and_said() -> None:
    prices = load_prices()
    months = np.array(["2012-06"], "datetime64[M]")
    assert prices.by_month("aci_aide_au_poste_fte", months)[0] == pytest.approx(
        19_200 * prices.index.at(2012) / prices.index.at(2014)
    )
    assert prices.before_first("aci_aide_au_poste_fte", months)


def test_a_year_that_the_index_does_not_have_is_refused() -> None:
    with pytest.raises(CostError, match="pas de valeur pour 2031"):
        load_prices().by_month("hotel_night", np.array(["2031-01"], "datetime64[M]"))


def test_an_unknown_item_is_refused_with_those_that_exist() -> None:
    with pytest.raises(CostError, match=r"hotel_nigth.*hotel_night"):
        load_prices().item("hotel_nigth")


def test_a_file_of_ones_own_adds_an_item_and_replaces_a_row(tmp_path: Path) -> None:
    text = (
        ROW
        + STAY
        + """
[[item.hotel_night.price]]
from = 2024-01-01
low = 50
central = 60
high = 70
source = "marché public fictif"
status = "read"
"""
    )
    prices = load_prices(own(tmp_path, text))
    assert prices.item("bed").prices[0].central == 20
    assert prices.item("hotel_night").prices[0].central == 60
    assert prices.item("hotel_night").label == "Nuitée d’hôtel (115)"
    assert load_prices().item("hotel_night").prices[0].central == 19.09


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('source = "rapport fictif"', "", "la source manque"),
        ('source = "rapport fictif"', 'source = "  "', "la source manque"),
        ("from = 2020-01-01", "", "n’a pas de date"),
        ("from = 2020-01-01", 'from = "2020"', "n’a pas de date"),
        ("low = 10", "low = -1", "négatif"),
        ("low = 10", "low = 25", "ordre bas, central, haut"),
        ("high = 30", "high = 15", "ordre bas, central, haut"),
        ("high = 30", "high = inf", "doit être un nombre"),
        ("central = 20", "central = true", "doit être un nombre"),
        ('payer = "etat_p177"', 'payer = "mairie"', "(payeur) n’existe pas"),
        ('class = "capacity"', 'class = "gain"', "(classe) n’existe pas"),
        ('class = "capacity"', 'class = "cashable"', "coût moyen"),
        ('kind = "average"', "", "nature du prix"),
        ('status = "read"', "", "(statut) n’existe pas"),
        ("[[item.bed.price]]", "[item.bed.price]", "prix"),
        ('label = "Lit d’exemple"', "", "label"),
        ('unit = "place-night"', 'unit = "fortnight"', "(unité) n’existe pas"),
        ("[item.bed]", "[article.bed]", "n’existe pas"),
        ("high = 30", "high =", "TOML"),
        ("high = 30", "high = " + "9" * 400, "doit être un nombre"),
        ("high = 30", "high = " + "9" * 5000, "TOML"),
        ("high = 30", "high = 30\nhigth = 40", "«\u00a0higth\u00a0» n’existe pas"),
        ('kind = "average"', 'kind = "average"\ncentral_cas = false', "«\u00a0central_cas\u00a0» n’existe pas"),
        ('kind = "average"', 'kind = "average"\ndecreed = "oui"', "est true ou false"),
        ("[item.bed]", "stay = [3]\n[item.bed]", "une ligne s’écrit [[stay]]"),
        ("[item.bed]", "[index]\nyear = 3\n[item.bed]", "une ligne s’écrit [[index.year]]"),
        ("[item.bed]", "[parameter]\ndiscount_rate = 3\n[item.bed]", "s’écrit [parameter.discount_rate]"),
        ("[item.bed]", "[parameter.discont_rate]\nlow = 3\n[item.bed]", "discont_rate\u00a0» n’existe pas"),
    ],
)
def test_a_row_that_is_not_whole_is_refused_in_a_sentence(tmp_path: Path, was: str, now: str, said: str) -> None:
    assert was in ROW
    with pytest.raises(CostError, match=re.escape(said)):
        load_prices(own(tmp_path, ROW.replace(was, now)))


def test_two_prices_of_one_day_in_one_file_are_refused(tmp_path: Path) -> None:
    price = ROW[ROW.index("[[item.bed.price]]") :]
    with pytest.raises(CostError, match="deux prix du même fichier sont du 01/01/2020"):
        load_prices(own(tmp_path, ROW + price.replace("20\n", "21\n")))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CostError, match="ne peut pas être lu"):
        load_prices(tmp_path / "absent.toml")


def test_shares_of_an_item_make_one(tmp_path: Path) -> None:
    share = '[[share]]\nitem = "hotel_night"\npayer = "etat_p177"\nvalue = {}\nsource = "x"\nstatus = "read"\n'
    with pytest.raises(CostError, match="somme est 1"):
        load_prices(own(tmp_path, share.format(0.7)))
    with pytest.raises(CostError, match="entre 0 et 1"):
        load_prices(own(tmp_path, share.format(1.7)))
    with pytest.raises(CostError, match="n’est pas un payeur du poste"):
        load_prices(own(tmp_path, share.format(1).replace("etat_p177", "region")))
    with pytest.raises(CostError, match="a deux parts"):
        load_prices(own(tmp_path, share.format(0.5) * 2))


@pytest.mark.parametrize(("aspect", "value"), [("housing", "castle"), ("sleep", "hotel")])
def test_a_stay_that_nobody_can_have_is_refused(tmp_path: Path, aspect: str, value: str) -> None:
    stay = f'[[stay]]\naspect = "{aspect}"\nvalue = "{value}"\nitem = "hotel_night"\nstatus = "read"\n'
    with pytest.raises(CostError, match="d’aucun aspect d’une vie"):
        load_prices(own(tmp_path, stay))


def test_a_price_of_ones_own_that_nothing_uses_is_refused_or_said(tmp_path: Path) -> None:
    with pytest.raises(CostError, match=r"«\u00a0bed\u00a0» n’est employé par rien.*\[\[stay\]\] ou \[\[rate\]\]"):
        load_prices(own(tmp_path, ROW))
    (tmp_path / "payeur.toml").write_text(
        '[[payment]]\nwhat = "rsaa"\npayer = "caf"\nsource = "x"\nstatus = "read"\n', encoding="utf-8"
    )
    with pytest.raises(CostError, match=r"Personne ne verse «\u00a0rsaa\u00a0».*rsa, "):
        load_prices(tmp_path / "payeur.toml")
    (tmp_path / "urgences.toml").write_text(
        ROW[ROW.index("[[item") :].replace("item.bed", "item.emergency_visit"), encoding="utf-8"
    )
    assert load_prices(tmp_path / "urgences.toml").unheard == (load_prices().item("emergency_visit").label,)
    (tmp_path / "copie.toml").write_bytes(files(costs).joinpath("prices.toml").read_bytes())
    assert load_prices(tmp_path / "copie.toml") == load_prices()


def test_the_examples_of_the_documentation_run() -> None:
    ran = [doctest.testmod(importlib.import_module(name)) for name in MODULES]
    assert sum(one.attempted for one in ran) > 3
    assert not any(one.failed for one in ran)
