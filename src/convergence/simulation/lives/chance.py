"""Draws for many people at once, each from a stream of its own subject."""

from collections.abc import Sequence
from statistics import NormalDist
from zlib import crc32

import numpy as np

from convergence.simulation.lives.calendar import worked
from convergence.simulation.tables import Array


def stream(seed: int, block: int, subject: str) -> np.random.Generator:
    """The random stream of one subject in one block: what one subject draws never moves another's numbers."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block, crc32(subject.encode()))))


def happens(rng: np.random.Generator, probability: Array | float, n: int | tuple[int, ...]) -> Array:
    """bool array of shape ``n``: True with that probability, each for itself."""
    return rng.random(n, dtype=np.float32) < probability


def pick(rng: np.random.Generator, weights: Sequence[float], n: int | tuple[int, ...]) -> Array:
    """int64 places in ``weights``, drawn in proportion to them; shape ``n``."""
    return place(rng.random(n), weights)


def place(uniform: Array, weights: Sequence[float]) -> Array:
    """Where numbers between 0 and 1 fall among weights laid end to end."""
    ends = np.cumsum(weights)
    return np.minimum(np.searchsorted(ends / ends[-1], uniform, side="right"), len(weights) - 1)


def between(rng: np.random.Generator, least: int, most: int, n: int | tuple[int, ...]) -> Array:
    """int64 numbers from ``least`` to ``most``, both included."""
    return least + (rng.random(n, dtype=np.float32) * (most - least + 1)).astype(np.int64)


def soon(rng: np.random.Generator, days: Array, least: int, most: int) -> Array:
    """A working day ``least`` to ``most`` days later (one or two fewer where a week-end is met)."""
    return worked(days + between(rng, least, most, days.shape))


def ranked(latent: Array, weights: Sequence[float]) -> Array:
    """Places in ordered ``weights`` that a standard normal ``latent`` falls into: harder lives, later places."""
    total = float(sum(weights))
    shares = np.cumsum(weights)[:-1] / total
    cuts = [NormalDist().inv_cdf(min(max(float(share), 1e-9), 1 - 1e-9)) for share in shares]
    return np.searchsorted(np.array(cuts), latent)


def leaning(probability: float, slope: float, latent: Array) -> Array:
    """A probability that moves with ``latent`` by ``slope`` on the logit scale; itself where ``latent`` is 0."""
    if probability in (0.0, 1.0):
        return np.full(latent.shape, probability)
    odds = probability / (1 - probability) * np.exp(slope * latent)
    return np.asarray(odds / (1 + odds))
