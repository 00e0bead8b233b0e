"""What a confidence is worth: the share of characters so marked that are right.

The network's probability p of a character becomes 1 / (1 + exp(-(slope * logit(p) + offset))) (Platt scaling; Guo et al.
2017, https://proceedings.mlr.press/v70/guo17a.html), with two numbers fitted on generated pages by
`python -m bench.ocr_places --fit`: what it doubts is more often right than it thinks, what it is sure of a little less often.
"""

import math
from dataclasses import dataclass

MOST_CERTAIN = 1e-6
"""Probabilities are taken to lie this far from 0 and 1: the network's own are rounded to float32."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The defaults leave a probability as it is."""

    slope: float = 1.0
    offset: float = 0.0

    def of(self, probability: float) -> float:
        """*probability* as a share of right answers, strictly between 0 and 1."""
        return 1 / (1 + math.exp(-(self.slope * logit(probability) + self.offset)))


def logit(probability: float) -> float:
    inside = min(max(probability, MOST_CERTAIN), 1 - MOST_CERTAIN)
    return math.log(inside / (1 - inside))


PRINTED = Calibration(slope=0.621, offset=0.996)
"""For the PP-OCRv6 small recogniser on claim papers."""
