"""What counts as a number, a mark or a setting at the door of the mathematics."""

from fractions import Fraction

import numpy as np
import pytest

from analytics.inputs import fitting, flags, floats, setting, whole_setting, wholes
from analytics.outcomes import AnalyticsError, SettingError, ShapeError


def test_numbers_of_any_kind_are_floats_and_what_is_unknown_is_nan():
    assert floats([1, None, Fraction(1, 4), True]).tolist() == pytest.approx([1, np.nan, 0.25, 1], nan_ok=True)
    assert floats(np.ma.array([1.0, 2.0], mask=[False, True])).tolist() == pytest.approx([1, np.nan], nan_ok=True)
    given = np.ones(3)
    assert floats(given) is given
    assert floats([]).shape == (0,)


@pytest.mark.parametrize(
    "bad", ["3", ["3"], [1, "3"], [1j], [object()], np.array(["2026"], "M8[Y]"), [10**400], {"a": 1}]
)
def test_what_is_no_number_is_refused(bad):
    with pytest.raises(AnalyticsError):
        floats(bad)


def test_ragged_rows_and_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="lengths"):
        floats([[1.0], [2.0, 3.0]])
    with pytest.raises(ShapeError, match=r"\(2,\), \(3,\)"):
        fitting([1, 2], [1, 2, 3])


def test_a_mark_is_true_or_false_and_nothing_that_merely_counts_as_true():
    assert flags([True, 0, 1.0]).tolist() == [True, False, True]
    for bad in ("no", [np.nan], [2], ["False"]):
        with pytest.raises(AnalyticsError):
            flags(bad)


def test_settings_are_single_finite_numbers_in_their_range():
    assert (setting(0.5, "a share"), whole_setting(np.int64(3), "days")) == (0.5, 3)
    assert wholes([1.0, 2], "columns").tolist() == [1, 2]
    for bad in (np.nan, np.inf, None, "1", [1], 10**400, -1):
        with pytest.raises(SettingError):
            setting(bad, "a share", least=0)
        with pytest.raises(SettingError):
            whole_setting(bad, "days")
    with pytest.raises(SettingError):
        setting(0, "a factor", above=0)
    with pytest.raises(SettingError):
        wholes([1.5], "columns")
