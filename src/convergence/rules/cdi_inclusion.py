"""The *CDI inclusion*: open-ended contracts for people of fifty-seven and over, in a bounded share of funded posts."""

from datetime import date
from decimal import ROUND_FLOOR, Decimal

from convergence.rules.french import said_in_full
from convergence.rules.law import rule_or_oldest, value_or_oldest
from convergence.rules.refusals import Refusal
from convergence.rules.spans import add_months


def most_posts(funded_posts: Decimal, on: date, *, with_prefect: bool) -> Decimal:
    """How many posts (FTE, two decimals) of those funded may be held in CDI inclusion."""
    share = value_or_oldest(_share(with_prefect), on)
    return (funded_posts * share / 100).quantize(Decimal("0.01"), ROUND_FLOOR)


def check_cdi_inclusion(
    born_on: date, held: Decimal, wanted: Decimal, funded_posts: Decimal, on: date, *, with_prefect: bool
) -> list[Refusal]:
    """Whether a CDI inclusion may be signed on a day.

    :param held: posts (FTE) already held in CDI inclusion; ``wanted`` that of the new contract.
    """
    found = []
    age = rule_or_oldest("cdi_inclusion.from_age_years", on)
    old_enough = add_months(born_on, 12 * value_or_oldest(age.name, on))
    if on < old_enough:
        sentence = f"Le CDI inclusion s’ouvre à {age.value} ans : le {said_in_full(old_enough)} pour cette personne"
        found.append(Refusal(sentence, age.source))
    most = most_posts(funded_posts, on, with_prefect=with_prefect)
    if held + wanted > most:
        row = rule_or_oldest(_share(with_prefect), on)
        more = "" if with_prefect else " : le préfet peut aller au-delà"
        sentence = f"Les CDI inclusion font au plus {row.value} % des postes financés, ici {_fte(most)} ETP{more}"
        found.append(Refusal(sentence, row.source))
    return found


def _share(with_prefect: bool) -> str:
    return "cdi_inclusion.share_with_prefect_percent" if with_prefect else "cdi_inclusion.share_percent"


def _fte(posts: Decimal) -> str:
    return f"{posts.normalize():f}".replace(".", ",")
