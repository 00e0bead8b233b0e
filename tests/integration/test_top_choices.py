"""The graph surgery on the real recogniser."""

import numpy as np
import pytest

from workers.recognize.infer import OnnxNetwork
from workers.recognize.model_files import ModelFiles
from workers.recognize.top_choices import CLASSES, PROBABILITIES, with_top_choices

pytestmark = pytest.mark.slow


def test_the_graph_chooses_what_sorting_all_scores_would() -> None:
    model = ModelFiles.installed().recognition
    batch = np.random.default_rng(1).uniform(-1, 1, (2, 3, 48, 64)).astype(np.float32)
    (scores,) = OnnxNetwork(model, ("fetch_name_0",), 1).run(batch)
    top, classes = OnnxNetwork(with_top_choices(model, "fetch_name_0", 3), (PROBABILITIES, CLASSES), 1).run(batch)
    assert top == pytest.approx(np.sort(scores, axis=2)[:, :, :-4:-1], abs=1e-6)
    assert np.take_along_axis(scores, classes, axis=2) == pytest.approx(top, abs=1e-6)


def test_the_rest_of_the_model_is_left_as_it_is() -> None:
    model = ModelFiles.installed().recognition
    changed = with_top_choices(model, "fetch_name_0", 3)
    assert changed.startswith(model)
    assert len(changed) - len(model) < 400
