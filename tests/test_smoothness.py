"""Half-widths are where correlation halves, and blocks are as long as that."""

import numpy as np
import pytest

from normative.inference.smoothness import choose_block, half_width
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.stimuli.coverage import Coverage
from normative.workflow.errors import UserError

CIRCLE = Coverage.of(np.arange(60) * 3 - 90)


@pytest.mark.parametrize("width", [8, 15, 25, 40])
@pytest.mark.parametrize("step", [1, 3, 5])
def test_half_width_of_a_process_is_where_its_correlation_is_one_half(width, step):
    """Stationary, of the correlation 0.5 ** (difference / width)² of many units."""
    coverage = Coverage.of(np.arange(0, 180, step) - 90)
    difference = coverage.differences_deg()
    entries = 1 - 0.5 ** ((difference / width) ** 2)
    assert half_width(entries, coverage) == pytest.approx(width, abs=1 + step / 4)


def test_half_width_does_not_ask_how_large_dissimilarities_are():
    difference = CIRCLE.differences_deg()
    entries = 1 - 0.5 ** ((difference / 20) ** 2)
    assert half_width(0.01 * entries, CIRCLE) == pytest.approx(half_width(entries, CIRCLE))


def test_half_width_of_uneven_orientations_is_that_of_even_ones():
    rng = np.random.default_rng(0)
    coverage = Coverage.of(np.sort(rng.choice(1800, 70, replace=False)) / 10 - 90)
    entries = 1 - 0.5 ** ((coverage.differences_deg() / 20) ** 2)
    assert half_width(entries, coverage) == pytest.approx(20, abs=1.5)


def test_half_width_may_be_below_the_smallest_difference():
    few = Coverage.of(np.arange(8) * 22.5 - 90)
    entries = upper_triangle(correlation_distance(np.eye(8, 50)))
    assert 0 < half_width(entries, few) < 22.5


@pytest.mark.parametrize("entries", [np.zeros(1770), np.full(1770, np.nan)])
def test_half_width_is_missing_where_there_is_no_dissimilarity(entries):
    assert np.isnan(half_width(entries, CIRCLE))


def test_block_is_the_larger_half_width_rounded_up():
    assert choose_block("auto", [12.2, 6.0], CIRCLE) == 15
    assert choose_block("auto", [12.2, 31.0], CIRCLE) == 35
    assert choose_block("auto", [20.0, np.nan], CIRCLE) == 20
    assert choose_block("auto", [1.0, 1.0], Coverage.of(np.arange(8) * 22.5 - 90)) == 22.5
    assert choose_block("auto", [np.nan, np.nan], CIRCLE) == 3, "one stimulus"
    assert choose_block("auto", [89, 12], Coverage.of(np.arange(40) * 3 - 90)) == 60, "half of 120"


def test_block_of_the_configuration_is_taken_if_it_fits():
    assert choose_block(15, [40, 40], CIRCLE) == 15
    with pytest.raises(UserError, match=r"block_deg`: 61°, expected at most half of the 120°"):
        choose_block(61, [10], Coverage.of(np.arange(40) * 3 - 90))
