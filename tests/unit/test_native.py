"""The servers' own program, where nothing was ever set up."""

import json

from click.testing import CliRunner

from deploy.native.__main__ import main
from deploy.native.stack import NAMES


def test_what_was_never_set_up_is_stopped(tmp_path):
    result = CliRunner().invoke(main, ["status", "--state", str(tmp_path / "none"), "--json"])
    told = json.loads(result.output)["servers"]
    assert {each["name"]: each["ready"] for each in told} == dict.fromkeys(NAMES, False)
    assert not (tmp_path / "none").exists()
