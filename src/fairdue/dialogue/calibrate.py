"""From margins to probabilities, fitted on turns that the judging model never saw.

`share` makes ranked probabilities (one slope, an offset an act, then the measured accuracy at each confidence).
`present` says for each act alone how likely it is there, for turns that do several things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

Floats = NDArray[np.float64]
STEPS = np.linspace(0, 1, 41)
"""Confidences at which the measured accuracy is kept."""


def softmax(z: Floats) -> Floats:
    """Shares that add up to one along the last axis."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    out: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return out


def sigmoid(z: Floats) -> Floats:
    """Probability of log odds."""
    out: Floats = 1 / (1 + np.exp(-np.clip(z, -40, 40)))
    return out


@dataclass(frozen=True)
class Calibration:
    """Slopes and offsets of both readings, accuracy at each confidence, from where an act counts as present.

    `alarm_from` is a second, lower bar for acts that must not be missed, on the share (1 where there is none): a turn that
    is plainly about something else does not reach it.
    """

    share_slope: float
    share_offset: Floats
    accuracy: Floats
    present_slope: float
    present_offset: Floats
    present_from: float
    alarm_from: Floats

    def raw_share(self, scores: Floats, lean: Floats | None = None) -> Floats:
        """Shares before they are bent to the measured accuracy: what `alarm_from` is compared with."""
        return softmax(self.share_slope * scores + self.share_offset + (0 if lean is None else lean))

    def share(self, scores: Floats, lean: Floats | None = None) -> Floats:
        """Probabilities that one act is the main one; `lean` is what party, context and the call add to the log odds."""
        return self.settle(self.raw_share(scores, lean))

    def settle(self, shares: Floats) -> Floats:
        """Bend the best share to the accuracy that was measured at its confidence; the order does not change."""
        best = shares.max(axis=-1, keepdims=True)
        bent = np.clip(np.interp(best, STEPS, self.accuracy), 1e-4, 1 - 1e-4)
        rest = shares * ((1 - bent) / np.maximum(1 - best, 1e-9))
        top = shares >= best
        out: Floats = np.where(top, bent, np.minimum(rest, bent * 0.999))
        return out

    def present(self, scores: Floats, lean: Floats | None = None) -> Floats:
        """Probability that each act is there, whatever else is."""
        return sigmoid(self.present_slope * scores + self.present_offset + (0 if lean is None else lean))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is kept."""
        return {
            "slopes": np.array([self.share_slope, self.present_slope, self.present_from]),
            "share_offset": self.share_offset,
            "accuracy": self.accuracy,
            "present_offset": self.present_offset,
            "alarm_from": self.alarm_from,
        }

    @classmethod
    def from_arrays(cls, kept: Mapping[str, NDArray[Any]]) -> Calibration:
        """The calibration again."""
        one, other, bar = (float(v) for v in kept["slopes"])
        return cls(one, kept["share_offset"], kept["accuracy"], other, kept["present_offset"], bar, kept["alarm_from"])


def _fit_share(scores: Floats, truth: NDArray[np.intp]) -> tuple[float, Floats]:
    here = np.arange(len(truth))

    def loss(v: Floats) -> tuple[float, Floats]:
        shares = softmax(v[0] * scores + v[1:])
        gap = shares.copy()
        gap[here, truth] -= 1
        value = -float(np.log(shares[here, truth] + 1e-12).mean()) + 1e-3 * float(v[1:] @ v[1:])
        return value, np.r_[(gap * scores).sum() / len(truth), gap.mean(axis=0) + 2e-3 * v[1:]]

    found = minimize(loss, np.r_[4.0, np.zeros(scores.shape[1])], jac=True, method="L-BFGS-B").x
    return float(found[0]), found[1:]


def _fit_present(scores: Floats, targets: NDArray[np.bool_]) -> tuple[float, Floats]:
    def loss(v: Floats) -> tuple[float, Floats]:
        likely = sigmoid(v[0] * scores + v[1:])
        value = -np.where(targets, np.log(likely + 1e-12), np.log(1 - likely + 1e-12)).mean()
        gap = (likely - targets) / targets.size
        spread = v[1:] - v[1:].mean()
        return float(value) + 1e-4 * float(spread @ spread), np.r_[
            (gap * scores).sum(), gap.sum(axis=0) + 2e-4 * spread
        ]

    found = minimize(loss, np.r_[4.0, np.zeros(scores.shape[1])], jac=True, method="L-BFGS-B").x
    return float(found[0]), found[1:]


def example_f1(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Floats:
    """F1 of each row's set of acts."""
    both = (found & truth).sum(axis=1)
    out: Floats = 2 * both / np.maximum(found.sum(axis=1) + truth.sum(axis=1), 1)
    return out


def _threshold(present: Floats, first: NDArray[np.bool_], targets: NDArray[np.bool_]) -> float:
    """The bar that gives the best sets, turns with one act and turns with several weighing the same."""
    many = targets.sum(axis=1) > 1
    best, bar = -1.0, 0.5
    for candidate in np.arange(0.1, 0.75, 0.025):
        value = example_f1((present >= candidate) | first, targets)
        mean = float(value[many].mean() + value[~many].mean()) if many.any() else float(value.mean())
        if mean > best:
            best, bar = mean, float(candidate)
    return bar


def fit(scores: Floats, targets: NDArray[np.bool_], critical: Mapping[int, float], recall: float) -> Calibration:
    """Calibrate on out-of-fold `scores`. `critical`: act → the largest share of other turns it may be raised on.

    A critical act counts as present from where it is found in `recall` of its turns, or from where it is raised on no
    more than its share of other turns, whichever is higher.
    """
    single = targets.sum(axis=1) == 1
    truth = targets.argmax(axis=1)
    share_slope, share_offset = _fit_share(scores[single], truth[single])
    shares = softmax(share_slope * scores + share_offset)
    confidence, right = shares.max(axis=1)[single], shares.argmax(axis=1)[single] == truth[single]
    steps = IsotonicRegression(y_min=0.01, y_max=0.99, out_of_bounds="clip").fit(confidence, right).predict(STEPS)
    present_slope, present_offset = _fit_present(scores, targets)
    present = sigmoid(present_slope * scores + present_offset)
    first = np.zeros_like(targets)
    first[np.arange(len(targets)), shares.argmax(axis=1)] = True
    bars = np.ones(targets.shape[1])
    for act, alarms in critical.items():
        mine = targets[:, act]
        if mine.any() and not mine.all():
            caught = float(np.quantile(shares[mine, act], 1 - recall))
            quiet = float(np.quantile(shares[~mine, act], 1 - alarms))
            bars[act] = max(caught, quiet)
    bar = _threshold(present, first, targets)
    return Calibration(share_slope, share_offset, np.asarray(steps), present_slope, present_offset, bar, bars)
