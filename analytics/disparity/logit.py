"""Straight lines on the log-odds scale, one per table, fitted all at once."""

from typing import Final, NamedTuple

import numpy as np

from analytics.disparity.groups import Bools, Floats

STEPS: Final = 40
HALVINGS: Final = 12
CLOSE: Final = 1e-11
R_STEPS: Final = 25
R_CLOSE: Final = 1e-8


class Line(NamedTuple):
    """One line per table.

    `intercept`, `slope`: (B,). `settled`: (B,) the likelihood has a maximum and the fit found it. `curve`, `score`:
    (B, J) each group's weight in the information and its pull on the log-odds, for robust standard errors.
    """

    intercept: Floats
    slope: Floats
    settled: Bools
    curve: Floats
    score: Floats


def fit(ranks: Floats, shares: Floats, weights: Floats) -> Line:
    """Grouped binomial regression of `shares` (0 .. 1) on `ranks` with `weights` (persons); all (B, J).

    Newton's method with halved steps where the likelihood falls. A table whose groups separate perfectly (0 % up to
    some rank and 100 % from there on) has no finite line: not settled.
    Source: McCullagh & Nelder 1989, 4.4; agrees with R `glm(family = binomial)`.
    """
    count = len(ranks)
    scaled = weights / np.maximum(weights.max(axis=-1, initial=0.0), 1e-300)[:, None]
    lines = np.zeros((count, 2))
    lines[:, 0] = _log_odds(np.clip((scaled * shares).sum(-1) / np.maximum(scaled.sum(-1), 1e-300), 1e-9, 1 - 1e-9))
    settled = np.zeros(count, dtype=np.bool_)
    running = np.arange(count)
    for _ in range(STEPS):
        if not running.size:
            break
        x, y, w, line = ranks[running], shares[running], scaled[running], lines[running]
        step, solvable = _step(x, y, w, line)
        moved = _climb(x, y, w, line, step)
        lines[running] = moved
        done = solvable & (np.abs(step).max(axis=-1) < CLOSE * (1 + np.abs(line).max(axis=-1)))
        settled[running[done]] = True
        running = running[solvable & ~done]
    fitted = probability(lines[:, :1] + lines[:, 1:] * ranks)
    return Line(lines[:, 0], lines[:, 1], settled, scaled * fitted * (1 - fitted), scaled * (shares - fitted))


def fit_as_printed(ranks: Floats, shares: Floats, people: Floats, weights: Floats) -> Line:
    """The same regression as R's `glm` leaves it: stopped when the deviance changes by less than 1e-8.

    Its standard errors then differ from those of the maximum by about one part in a million, since R takes each
    group's weight from before its last step. `people`: (B, J) for R's starting values. Only to compare with tables
    that were made by R.
    """
    count = len(ranks)
    start = (people * shares + 0.5) / (people + 1)
    odds = _log_odds(start)
    old = _deviance(shares, start, weights)
    lines, curves = np.zeros((count, 2)), np.zeros_like(ranks)
    settled = np.zeros(count, dtype=np.bool_)
    running = np.arange(count)
    for _ in range(R_STEPS):
        if not running.size:
            break
        x, y, w = ranks[running], shares[running], weights[running]
        fitted = probability(odds[running])
        curve = w * fitted * (1 - fitted)
        with np.errstate(divide="ignore", invalid="ignore"):
            line, solvable = _least_squares(x, odds[running] + (y - fitted) / (fitted * (1 - fitted)), curve)
        solvable &= np.isfinite(line).all(axis=-1)
        running, x, y, w, line = running[solvable], x[solvable], y[solvable], w[solvable], line[solvable]
        lines[running], curves[running] = line, curve[solvable]
        odds[running] = line[:, :1] + line[:, 1:] * x
        new = _deviance(y, probability(odds[running]), w)
        with np.errstate(invalid="ignore"):
            done = np.abs(new - old[running]) < R_CLOSE * (np.abs(new) + 0.1)
        old[running] = new
        settled[running[done]] = True
        running = running[~done]
    fitted = probability(lines[:, :1] + lines[:, 1:] * ranks)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = curves * (shares - fitted) / (fitted * (1 - fitted))
    # Where groups separate perfectly R stops on the way to infinity; that is no line.
    settled &= fit(ranks, shares, weights).settled
    return Line(lines[:, 0], lines[:, 1], settled, curves, score)


def _least_squares(x: Floats, y: Floats, w: Floats) -> tuple[Floats, Bools]:
    a = w.sum(-1)
    solvable = a > 0
    total = np.where(solvable, a, 1.0)
    middle_x, middle_y = (w * x).sum(-1) / total, (w * y).sum(-1) / total
    away = x - middle_x[:, None]
    spread = (w * away**2).sum(-1)
    solvable &= spread > 0
    slope = (w * away * y).sum(-1) / np.where(solvable, spread, 1.0)
    return np.stack([middle_y - slope * middle_x, slope], axis=-1), solvable


def _deviance(y: Floats, fitted: Floats, w: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        met = np.where(y > 0, y * np.log(y / fitted), 0.0)
        unmet = np.where(y < 1, (1 - y) * np.log((1 - y) / (1 - fitted)), 0.0)
        found: Floats = 2 * (w * (met + unmet)).sum(axis=-1)
    return found


def probability(log_odds: Floats) -> Floats:
    """The share whose log-odds these are, without overflow at either end."""
    found: Floats = 0.5 * (1 + np.tanh(log_odds / 2))
    return found


def _log_odds(share: Floats) -> Floats:
    found: Floats = np.log(share / (1 - share))
    return found


def _step(x: Floats, y: Floats, w: Floats, line: Floats) -> tuple[Floats, Bools]:
    fitted = probability(line[:, :1] + line[:, 1:] * x)
    curve = w * fitted * (1 - fitted)
    pull = w * (y - fitted)
    a, b, c = curve.sum(-1), (curve * x).sum(-1), (curve * x * x).sum(-1)
    u, v = pull.sum(-1), (pull * x).sum(-1)
    size = a * c - b * b
    solvable = size > 1e-14 * a * c
    safe = np.where(solvable, size, 1.0)
    step = np.stack([(c * u - b * v) / safe, (a * v - b * u) / safe], axis=-1)
    return np.where(solvable[:, None], step, 0.0), solvable


def _climb(x: Floats, y: Floats, w: Floats, line: Floats, step: Floats) -> Floats:
    before = _likelihood(x, y, w, line)
    moved = line + step
    for _ in range(HALVINGS):
        fallen = _likelihood(x, y, w, moved) < before - 1e-12 * np.abs(before)
        if not fallen.any():
            break
        step = np.where(fallen[:, None], step / 2, step)
        moved = line + step
    return moved


def _likelihood(x: Floats, y: Floats, w: Floats, line: Floats) -> Floats:
    odds = line[:, :1] + line[:, 1:] * x
    found: Floats = (w * (y * odds - np.logaddexp(0.0, odds))).sum(axis=-1)
    return found
