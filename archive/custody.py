"""Who brought what from where. All of it is sealed: people write names into notes and into the names of files."""

import json
from dataclasses import asdict, dataclass, field

from archive.catalog import intake, work
from archive.catalog.intake import Item
from archive.ids import new_batch_id
from archive.keys import Keyring
from archive.wiring import Archive


@dataclass(frozen=True, slots=True)
class Custody:
    """Who brings a batch (`operator`), from which device or place (`source`), in which box or folder (`box`)."""

    source: str = field(repr=False)
    box: str = field(repr=False)
    operator: str = field(repr=False)


def open_batch(archive: Archive, custody: Custody, user: str | None = None) -> str:
    """Begin a batch; gives its id. *user* is the id of whoever asked for it over the API."""
    batch_id = new_batch_id()
    note = json.dumps(asdict(custody), ensure_ascii=False).encode()
    with archive.catalog.write() as connection:
        sealed = archive.keys.seal_column(f"batches.custody.{batch_id}", note)
        intake.open_batch(connection, batch_id, work.moment(archive.clock()), sealed)
        archive.ledger.append(connection, "batch.opened", batch_id=batch_id, user=user)
    return batch_id


def read_custody(archive: Archive, batch_id: str) -> Custody:
    """Raises NotFound."""
    with archive.catalog.read() as connection:
        sealed = intake.custody(connection, batch_id)
    return Custody(**json.loads(archive.keys.open_column(f"batches.custody.{batch_id}", sealed)))


def seal_path(keys: Keyring, batch_id: str, path: str) -> bytes:
    """A path may be any text, undecodable bytes (surrogates) included."""
    return keys.seal_column(_place(batch_id, keys.path_token(path)), path.encode(errors="surrogateescape"))


def item_path(keys: Keyring, item: Item) -> str:
    """The path that a custody entry was made with."""
    return keys.open_column(_place(item.batch_id, item.path_token), item.path).decode(errors="replace")


def _place(batch_id: str, path_token: str) -> str:
    return f"items.path.{batch_id}.{path_token}"
