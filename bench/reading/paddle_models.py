"""The models of the `rapidocr` wheel as PaddleOCR wants them: per model a folder of `inference.onnx` and `inference.yml`."""

import json
import shutil
from pathlib import Path
from typing import Any

from workers.recognize.model_files import ModelFiles


def write(folder: Path) -> None:
    """Folders `detection` and `recognition` under *folder*."""
    models = ModelFiles.installed()
    _write(folder / "detection", models.detection_path, _DETECTION)
    _write(folder / "recognition", models.recognition_path, _recognition(models.characters.replace("\n", "")))


def _write(folder: Path, model: Path, settings: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    shutil.copyfile(model, folder / "inference.onnx")
    (folder / "inference.yml").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")  # JSON is YAML


_DETECTION: dict[str, Any] = {
    "Global": {"model_name": "PP-OCRv6_small_det"},
    "PreProcess": {
        "transform_ops": [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"DetResizeForTest": {"resize_long": 960}},
            {
                "NormalizeImage": {
                    "mean": [0.485, 0.456, 0.406],
                    "std": [0.229, 0.224, 0.225],
                    "scale": "1./255.",
                    "order": "hwc",
                }
            },
            {"ToCHWImage": None},
            {"KeepKeys": {"keep_keys": ["image", "shape", "polys", "ignore_tags"]}},
        ]
    },
    "PostProcess": {"name": "DBPostProcess", "thresh": 0.2, "box_thresh": 0.45, "max_candidates": 3000, "unclip_ratio": 1.4},
}


def _recognition(alphabet: str) -> dict[str, Any]:
    """*alphabet* as one string, which is read in a hundredth of the time that YAML takes for a list."""
    return {
        "Global": {"model_name": "PP-OCRv6_small_rec"},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
                {"KeepKeys": {"keep_keys": ["image", "label_ctc", "label_gtc", "length", "valid_ratio"]}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": alphabet},
    }
