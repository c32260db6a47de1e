"""Support that goes on after a job or a home: its threads and the news that were had."""

import numpy as np

from convergence.simulation.filing.desk import Desk, Records, Written, codes_of, nothing, rows_of
from convergence.simulation.following import places
from convergence.simulation.moments import NEVER
from convergence.vocabulary.extended_support import FollowUpResult, SupportEnding


def threads(desk: Desk) -> dict[str, Records]:
    """``threads``, and the ``follow_ups`` that reached somebody; ``thread`` is a fact of the first."""
    table, person = desk.about("extended_support")
    kept = np.flatnonzero((person >= 0) & (table["since"] <= desk.last))
    kept = kept[np.argsort(table["support"][kept])]
    table, person = rows_of(table, kept), person[kept]
    until = np.where(table["until"] <= desk.last, table["until"], NEVER)
    news = desk.tables["follow_ups"]
    thread = places(table["support"], news["support"])
    told = np.flatnonzero(
        (thread >= 0) & (news["reached"] == 1) & (news["still_holds"] >= 0) & (news["day"] <= desk.last)
    )
    thread, news = thread[told], rows_of(news, told)
    results = codes_of(news, "still_holds")
    lost = np.isin(np.arange(len(kept)), thread[results == FollowUpResult.LOST.value])
    ending = np.where(lost, SupportEnding.LOST.value, SupportEnding.YEAR_OVER.value).astype(object)
    began = desk.known(table["since"])
    ended = desk.learnt(until, began)
    noted = np.where(np.isnat(ended), began, ended).astype("datetime64[m]")
    who, at = person[thread], desk.known(news["day"])
    return {
        "threads": Records(
            person,
            np.arange(len(kept)),
            table["since"],
            until,
            Written(noted, nothing(noted), desk.authors.on(person, noted)),
            {"opener": codes_of(table, "opened_by"), "ending": np.where(np.isnat(until), "", ending)},
        ),
        "follow_ups": desk.once(
            who, news["day"], Written(at, nothing(at), desk.authors.on(who, at)), thread=thread, result=results
        ),
    }
