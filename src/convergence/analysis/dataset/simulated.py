"""What only a simulation knows: for each path, what happens with the scheme and what would without it."""

import dataframely as dy

from convergence.analysis.dataset.columns import code, day, key, refers_to, truth
from convergence.vocabulary.structures import Scheme

TRUTH = "truth"
"""Folder of the truth, beside the tables; an evaluator who must not know takes it away."""


class Truth(dy.Schema):
    """Both potential outcomes of every path: the effects that an evaluation is asked to find again."""

    path = key("the path")
    person = refers_to("people", "whose path it is")
    site = refers_to("sites", "the site where it begins")
    scheme = code(Scheme, "what that site offers: the world that really happened")
    since = day("first day of the path")
    difficulty = dy.Float64(
        description="how hard the situation was at entry, in standard deviations of the scheme’s people",
        metadata={"unit": "standard deviations"},
    )
    dynamic_with = truth("ends in a dynamic exit, with the scheme")
    dynamic_without = truth("… without it")
    durable_with = truth("ends in durable employment, with the scheme")
    durable_without = truth("… without it")
    housed_with = truth("24 months after the start, in semi-durable or autonomous housing, with the scheme")
    housed_without = truth("… without it")
    care_with = truth("24 months after the start, care under way or stabilised, with the scheme")
    care_without = truth("… without it")
