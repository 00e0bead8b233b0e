"""Asking a server over HTTPS."""

import base64
import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from deploy.native.errors import NotReady


def ask(
    url: str,
    ca: Path | None = None,
    *,
    user: str = "",
    password: str = "",
    method: str = "GET",
    body: object = None,
    seconds: float = 10.0,
) -> Any:  # noqa: ANN401 - JSON
    """The JSON of the answer, None where it is empty. Raises NotReady where there is none, or one that is no success."""
    request = urllib.request.Request(url, method=method)  # noqa: S310 - addresses are our own
    if user:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    trust = ssl.create_default_context(cafile=ca) if ca else None
    try:
        with urllib.request.urlopen(request, timeout=seconds, context=trust) as answer:  # noqa: S310
            content = answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        raise NotReady(f"{request.host}: {error.code}") from None
    except (OSError, ValueError) as error:
        raise NotReady(f"{request.host}: {type(error).__name__}") from error
    return json.loads(content) if content.strip() else None
