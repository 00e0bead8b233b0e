"""From page images to text.

From 1.29 on, onnxruntime's wheels report to their maker what is run, and number the machine by a file in the home folder,
unless they are told not to before they are imported (https://github.com/microsoft/onnxruntime/pull/27379).
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # noqa: TID251 - it can be told in no other way
