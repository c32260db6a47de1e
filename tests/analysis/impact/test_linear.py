"""Errors of least squares, against their definitions with whole matrices and against balanced designs."""

import numpy as np
import pytest
from scipy import linalg, stats

from convergence.analysis.impact.linear import Linear, independent
from convergence.analysis.impact.sample import Codes, Floats


def regression(seed: int = 0, sites: int = 7, people: int = 60) -> tuple[Floats, Floats, Floats, Codes]:
    rng = np.random.default_rng(seed)
    site = np.concatenate([np.arange(sites), rng.integers(0, sites, people - sites)])
    matrix = np.column_stack([np.ones(people), site % 2, rng.normal(size=(people, 2))])
    return matrix, rng.normal(size=people) + site, rng.uniform(0.5, 2, people), site


def by_definition(matrix: Floats, y: Floats, w: Floats, site: Codes, which: int) -> tuple[float, float]:
    """CR2 and its degrees of freedom as Bell and McCaffrey write them, with n × n matrices."""
    x, v = matrix * np.sqrt(w)[:, None], y * np.sqrt(w)
    bread = np.linalg.inv(x.T @ x)
    left = np.eye(len(y)) - x @ bread @ x.T
    residuals = left @ v
    columns, total = [], 0.0
    for g in range(site.max() + 1):
        rows = np.flatnonzero(site == g)
        values, vectors = np.linalg.eigh(left[np.ix_(rows, rows)])
        root = (vectors * np.where(values > 1e-9, np.abs(values) ** -0.5, 0)) @ vectors.T
        a = root @ x[rows] @ bread[which]
        total += float(a @ residuals[rows]) ** 2
        columns.append(left[:, rows] @ a)
    g_matrix = np.array(columns)
    product = g_matrix @ g_matrix.T
    return total**0.5, float(np.trace(product) ** 2 / (product**2).sum())


@pytest.mark.parametrize("which", [1, 2])
def test_cr2_and_its_freedom_are_those_of_the_definition(which: int) -> None:
    matrix, y, w, site = regression()
    found = Linear.fit(matrix, y, w).cluster_error(which, site, "CR2")
    assert found == pytest.approx(by_definition(matrix, y, w, site, which), rel=1e-9)


def test_cr2_takes_the_generalised_inverse_where_a_covariate_is_a_site() -> None:
    matrix, y, w, site = regression()
    matrix = np.column_stack([matrix, site == 3])
    found = Linear.fit(matrix, y, w).cluster_error(1, site, "CR2")
    assert found == pytest.approx(by_definition(matrix, y, w, site, 1), rel=1e-6)


def test_cr1_is_the_sandwich_of_site_sums() -> None:
    matrix, y, w, site = regression()
    x = matrix * np.sqrt(w)[:, None]
    bread = np.linalg.inv(x.T @ x)
    residuals = y - matrix @ (bread @ matrix.T @ (w * y))
    sums = np.array([(matrix * (w * residuals)[:, None])[site == g].sum(axis=0) for g in range(7)])
    expected = np.sqrt((bread @ sums.T @ sums @ bread)[1, 1] * 7 / 6 * 59 / 56)
    assert Linear.fit(matrix, y, w).cluster_error(1, site, "CR1") == pytest.approx((expected, 6.0))


def test_with_one_person_a_site_cr2_is_hc2() -> None:
    matrix, y, w, _ = regression()
    linear = Linear.fit(matrix, y, w)
    alone = np.arange(len(y))
    assert linear.cluster_error(1, alone, "CR2")[0] == pytest.approx(linear.person_error(1, "HC2"))
    assert linear.cluster_error(1, alone, "CR2") == pytest.approx(by_definition(matrix, y, w, alone, 1))


def test_sites_of_one_size_give_the_t_test_on_their_means() -> None:
    """Balanced, CR2 is the pooled t-test of the site means with G − 2 degrees of freedom (Imbens and Kolesár 2016)."""
    rng = np.random.default_rng(3)
    site = np.repeat(np.arange(12), 9)
    arm = (site < 6) * 1.0
    y = arm + rng.normal(size=12)[site] + rng.normal(size=108)
    error, freedom = Linear.fit(np.column_stack([np.ones(108), arm]), y, np.ones(108)).cluster_error(1, site, "CR2")
    means = y.reshape(12, 9).mean(axis=1)
    test = stats.ttest_ind(means[:6], means[6:])
    assert freedom == pytest.approx(10)
    assert (means[:6].mean() - means[6:].mean()) / error == pytest.approx(test.statistic)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_errors_by_person_are_sandwiches(kind: str) -> None:
    matrix, y, _, _ = regression()
    bread = np.linalg.inv(matrix.T @ matrix)
    hat = np.einsum("ij,jk,ik->i", matrix, bread, matrix)
    residuals = y - matrix @ bread @ matrix.T @ y
    factor = {"HC0": 1.0, "HC1": 60 / 56, "HC2": 1 / (1 - hat), "HC3": 1 / (1 - hat) ** 2}[kind]
    middle = (matrix * (factor * residuals**2)[:, None]).T @ matrix
    expected = np.sqrt((bread @ middle @ bread)[1, 1])
    assert Linear.fit(matrix, y, np.ones(60)).person_error(1, kind) == pytest.approx(expected)


def test_columns_that_say_nothing_new_are_named_and_left() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 50))
    columns = np.column_stack([a, np.full(50, 3.0), b, 1000 * (a - b) + 5, a**2])
    kept, notes = independent(columns, ["a", "constante", "b", "écart", "carré"])
    assert kept.tolist() == [True, False, True, False, True]
    assert notes == (
        "Laissées de côté, car constantes ou déduites des autres caractéristiques\u00a0: "
        "«\u00a0constante\u00a0», «\u00a0écart\u00a0».",
    )
    assert np.linalg.matrix_rank(np.column_stack([np.ones(50), columns[:, kept]])) == 4


def test_large_columns_do_not_hide_small_ones() -> None:
    rng = np.random.default_rng(0)
    columns = np.column_stack([1e6 + 1e5 * rng.normal(size=50), 1e-4 * rng.normal(size=50), rng.integers(0, 2, 50)])
    assert independent(columns, ["revenu", "part", "oui"])[0].all()


def test_more_columns_than_people_end_at_as_many_as_people_can_tell() -> None:
    columns = np.random.default_rng(0).normal(size=(6, 9))
    kept, _ = independent(columns, [str(i) for i in range(9)])
    assert kept.tolist() == [True] * 5 + [False] * 4
    assert linalg.null_space(columns[:, kept]).shape[1] == 0
