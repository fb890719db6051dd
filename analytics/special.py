"""Quantiles of distributions that NumPy does not have, from SciPy, which is loaded with the first that is asked for.

It brings fifteen megabytes along, and most processes of a house never ask.
"""

from functools import cache
from importlib import import_module
from types import ModuleType

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@cache
def _scipy() -> ModuleType:
    return import_module("scipy.special")


def betaincinv(a: npt.ArrayLike, b: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """The quantile of the beta distribution with the parameters `a` and `b` below which `share` of it lies."""
    return np.asarray(_scipy().betaincinv(a, b, share), dtype=np.float64)


def gammaincinv(a: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """The quantile of the gamma distribution with the shape `a` below which `share` of it lies."""
    return np.asarray(_scipy().gammaincinv(a, share), dtype=np.float64)


def gammainccinv(a: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """The quantile of the gamma distribution with the shape `a` above which `share` of it lies."""
    return np.asarray(_scipy().gammainccinv(a, share), dtype=np.float64)


def stdtrit(freedom: npt.ArrayLike, share: npt.ArrayLike) -> Floats:
    """The quantile of Student's distribution with `freedom` degrees below which `share` of it lies."""
    return np.asarray(_scipy().stdtrit(freedom, share), dtype=np.float64)


def ndtr(z: npt.ArrayLike) -> Floats:
    """The share of the normal distribution below `z`."""
    return np.asarray(_scipy().ndtr(z), dtype=np.float64)
