"""The keys that tokens of the search index are made with, opened; and their change, step by step.

  begin     a key is made and sealed into the catalog; from here on records get tokens under both
  switch    once every record has them: the new one serves, and of the old one nothing is left
  settle    once no record has tokens of the old one any more

Each step is one transaction with its event in the ledger.
"""

import secrets
from collections.abc import Callable
from datetime import datetime

from archive.catalog import token_keys
from archive.catalog.database import Catalog
from archive.catalog.token_keys import State
from archive.catalog.work import moment
from archive.errors import Refused
from archive.index.keyed import TokenKeys
from archive.keys import KEY_BYTES, Keyring
from archive.ledger import Ledger


def token_keys_from(catalog: Catalog, keys: Keyring) -> Callable[[], TokenKeys]:
    """What tells the keys that hold at the moment."""

    def now() -> TokenKeys:
        with catalog.read() as connection:
            found = token_keys.every(connection)
        opened = tuple(keys.open_column(_place(each.key_id), each.sealed) for each in found)
        return (None, *opened) if all(each.state is State.NEXT for each in found) else opened

    return now


def begin(catalog: Catalog, keys: Keyring, ledger: Ledger, at: datetime) -> bool:
    """Whether a key was made; False where a change was begun before and has not come to its end: it is to be taken up."""
    with catalog.write() as connection:
        if any(each.state is not State.SERVING for each in token_keys.every(connection)):
            return False
        key_id = f"K-{secrets.token_hex(6)}"
        token_keys.add(connection, key_id, keys.seal_column(_place(key_id), secrets.token_bytes(KEY_BYTES)), moment(at))
        ledger.append(connection, "search_key.made", key=key_id)
    return True


def is_switched(catalog: Catalog) -> bool:
    """Whether all that is left of the change that was begun is to settle it."""
    with catalog.read() as connection:
        return any(each.state is State.SETTLING for each in token_keys.every(connection))


def switch(catalog: Catalog, ledger: Ledger, documents: int) -> None:
    """*documents* have tokens under both. Raises Refused(rebuild_superseded) where somebody else switched meanwhile."""
    with catalog.write() as connection:
        found = token_keys.every(connection)
        if not token_keys.switch(connection):
            raise Refused("rebuild_superseded", "somebody else changed the search key meanwhile")
        destroyed = [each.key_id for each in found if each.state is not State.NEXT]
        ledger.append(connection, "search_key.switched", destroyed=destroyed, documents=documents)


def settle(catalog: Catalog, ledger: Ledger, documents: int) -> None:
    with catalog.write() as connection:
        token_keys.settle(connection)
        ledger.append(connection, "search_key.settled", documents=documents)


def _place(key_id: str) -> str:
    return f"token_keys.sealed.{key_id}"
