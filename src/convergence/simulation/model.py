"""Territories drawn from parameters, a seed and a date: one block of people after the other, each on its own stream."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from typing import Any, TypeVar

import numpy as np

from convergence.simulation.layout import Plan, plan
from convergence.simulation.lives.calendar import NEVER, day_of
from convergence.simulation.lives.context import Context
from convergence.simulation.lives.story import told
from convergence.simulation.parameters import Parameters
from convergence.simulation.tables import Block, Layout
from convergence.vocabulary.structures import Scheme

Made = TypeVar("Made")


def layout(parameters: Parameters, until: date, *, people: int | None = None, territories: int = 1) -> Layout:
    """Territories, operators, sites, their staff and grants, without anybody accompanied.

    :raises ParameterError: no site is open before ``until``.
    """
    return plan(parameters, until, people, territories).layout


def blocks(
    parameters: Parameters, until: date, *, people: int | None = None, territories: int = 1, seed: int
) -> Iterator[Block]:
    """Everything that can be known on the morning of ``until``, block by block.

    The same parameters, date, numbers and seed always yield the same bytes; a block does not depend on the others.

    :param people: how many people are hired in all at sites of the scheme; None: as many as the sites' sizes call for.
    :param territories: how many territories; the first is Paris.
    :raises ParameterError: no site is open before ``until``.
    """
    planned = plan(parameters, until, people, territories)
    for number in range(1, len(planned.layout.block_sites) + 1):
        yield _block(parameters, until, planned, seed, number)


def blocks_in_parallel(
    work: Callable[[Block], Made],
    parameters: Parameters,
    until: date,
    *,
    people: int | None = None,
    territories: int = 1,
    seed: int,
    processes: int,
) -> Iterator[Made]:
    """What ``work`` makes of each block, in their order, drawn and worked on in several processes.

    ``work`` is a function of a module (processes find it by its name); only what it returns comes back.
    """
    planned = plan(parameters, until, people, territories)
    numbers = range(1, len(planned.layout.block_sites) + 1)
    if processes < 2 or len(numbers) < 2:
        yield from (work(_block(parameters, until, planned, seed, number)) for number in numbers)
        return
    with ProcessPoolExecutor(
        min(processes, len(numbers)),
        mp_context=get_context("spawn"),
        initializer=_prepare,
        initargs=(work, parameters, until, planned, seed),
    ) as pool:
        yield from pool.map(_work_on, numbers)


_prepared: tuple[Callable[[Block], Any], Parameters, date, Plan, int] | None = None


def _prepare(work: Callable[[Block], Any], parameters: Parameters, until: date, planned: Plan, seed: int) -> None:
    global _prepared  # noqa: PLW0603 (what a pool's process knows besides the number of its block)
    _prepared = work, parameters, until, planned, seed


def _work_on(number: int) -> Any:
    if _prepared is None:
        raise RuntimeError("the pool was not prepared")
    work, parameters, until, planned, seed = _prepared
    return work(_block(parameters, until, planned, seed, number))


def _block(parameters: Parameters, until: date, planned: Plan, seed: int, number: int) -> Block:
    rows = planned.layout.block_sites[number - 1]
    sites = planned.sites
    schemes = [scheme.value for scheme in Scheme]
    context = Context(
        parameters=parameters,
        seed=seed,
        number=number,
        territory=sites[rows[0]].territory,
        last=day_of(until) - 1,
        sites=np.array(rows, np.int64),
        opened=np.array([day_of(site.opened) for site in sites]),
        closed=np.array([day_of(site.closed) if site.closed else int(NEVER) for site in sites]),
        scheme=np.array([schemes.index(site.scheme) for site in sites]),
        hires={row: sites[row].hires for row in rows},
        inflow={row: planned.flows[row] for row in rows},
    )
    tables, truth = told(context)
    return Block(number, context.territory, planned.layout, tables, truth)
