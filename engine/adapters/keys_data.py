"""Sealing under data keys: the keys of one transaction, which know which keys were made in it."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable

from engine.errors import ZhunyuError
from engine.ports.cases import Sealer
from engine.ports.keys import DESTROYED, DataKey, KeyStore
from engine.trust import history, sm4
from engine.trust.envelope import open_under, seal_under, under_data_key
from engine.trust.provider import Crypto, wrapped_under
from engine.trust.sm3 import hmac_sm3

_MOST_UNWRAPPED, _MOST_OPENED = 4096, 256


class Unwrapping:
    """What a process remembers between transactions: keys unwrapped, and fields opened a moment ago.

    Both are found only by the whole token, which comes from the database every time: what was altered, moved or
    destroyed is never found here.
    """

    def __init__(self, crypto: Crypto) -> None:
        self.crypto = crypto
        self.unwrap = functools.lru_cache(_MOST_UNWRAPPED)(crypto.unwrap)
        self.tables: dict[str, bytes] = {}  # keys of tables: they are never destroyed, and no rotation changes them
        self.open: Callable[[bytes, str, str, str, str], bytes] = functools.lru_cache(_MOST_OPENED)(open_under)

    def wrapped(self, owner: str, key: bytes) -> DataKey:
        """A data key as it is kept."""
        token = self.crypto.wrap(key, owner)
        return DataKey(owner, token, wrapped_under(token), self.crypto.provider)


class TransactionKeys:
    """The data keys one transaction has looked up or made. A key made here is known to others once it is committed."""

    def __init__(self, rows: KeyStore, unwrapping: Unwrapping) -> None:
        self._rows, self._unwrapping = rows, unwrapping
        self._known: dict[str, bytes] = {}

    def find(self, owner: str) -> bytes | None:
        """The data key of an owner; None when it has none; ZhunyuError K006 when it has been destroyed."""
        key = self._known.get(owner)
        if key is not None:
            return key
        row = self._rows.get(owner)
        if row is None:
            return None
        if row.state == DESTROYED:
            raise destroyed(row)
        key = self._known[owner] = self._unwrapping.unwrap(row.token, owner)
        return key

    def of_table(self, table: str) -> bytes | None:
        """As `find` for what belongs to no case; looked up once in a process."""
        key = self._unwrapping.tables.get(table)
        if key is None and table not in self._known:  # one made in this transaction may yet be rolled back
            key = self.find(table)
            if key is not None:
                self._unwrapping.tables[table] = key
        return key or self._known.get(table)

    def make(self, owner: str, key: bytes | None = None) -> bytes:
        """The data key of an owner, made when it has none."""
        found = self.find(owner)
        if found is None:
            made = key or secrets.token_bytes(sm4.KEY_SIZE)
            if self._rows.add(self._unwrapping.wrapped(owner, made)):
                self._known[owner] = found = made
            else:
                found = self.find(owner)  # another transaction was first, and has committed
        if found is None:
            raise ZhunyuError("K002", "数据密钥没有保存下来。", "请重试。", status=503)
        return found


class DataKeySealer:
    """Fulfils `Sealer` for one transaction and one owner."""

    def __init__(self, keys: TransactionKeys, unwrapping: Unwrapping, shared: SharedKeys, owner: str = "") -> None:
        self._keys, self._unwrapping, self._shared, self._owner = keys, unwrapping, shared, owner
        self.blind, self.tag, self.entry_key = shared.blind, shared.tag, shared.entry_key

    def of(self, owner: str) -> Sealer:
        """The same for what belongs to a case or draft; "" is the table."""
        return DataKeySealer(self._keys, self._unwrapping, self._shared, owner)

    def share(self, owner: str, other: str) -> None:
        """`other` gets the data key that `owner` has. Nothing when it has none."""
        key = self._keys.find(owner)
        if key is not None:
            self._keys.make(other, key)

    def seal(self, place: str, row: str, plaintext: bytes) -> str:
        """A token that opens only for this owner, in this place ("table.column") and row."""
        owner = self._owner or place.partition(".")[0]
        key = (None if self._owner else self._keys.of_table(owner)) or self._keys.make(owner)
        return seal_under(key, owner, place, row, plaintext, secrets.token_bytes)

    def open(self, place: str, row: str, token: str) -> bytes:
        """The plaintext; ZhunyuError K004 when the token was altered or moved, K006 when its key was destroyed."""
        owner = self._owner or place.partition(".")[0]
        key = self._keys.find(owner) if self._owner else self._keys.of_table(owner)
        if not under_data_key(token):
            return self._unwrapping.crypto.earlier(place, row, token)
        if key is None:
            raise ZhunyuError("K004", "找不到加密字段的数据密钥。")
        return self._unwrapping.open(key, owner, place, row, token)


class SharedKeys:
    """Fulfils `StoreSealer`: blind digests and history tags, and the sealer of each transaction."""

    def __init__(self, crypto: Crypto) -> None:
        self._unwrapping = Unwrapping(crypto)
        # Unique indexes rest on blind digests, so their keys stay the same whatever is rotated.
        self._secret = functools.lru_cache(_MOST_OPENED)(crypto.secret)

    def within(self, keys: KeyStore) -> DataKeySealer:
        """The sealer of one transaction."""
        return DataKeySealer(TransactionKeys(keys, self._unwrapping), self._unwrapping, self)

    def owner_key(self, keys: KeyStore, owner: str, *, make: bool = False) -> bytes | None:
        """The data key of an owner as this transaction sees it; `make` makes one that is not there."""
        known = TransactionKeys(keys, self._unwrapping)
        return known.make(owner) if make else known.find(owner)

    def rewrapped(self, key: DataKey) -> DataKey:
        """The same data key wrapped under the current root."""
        return self._unwrapping.wrapped(key.owner, self._unwrapping.crypto.unwrap(key.token, key.owner))

    def blind(self, place: str, value: str) -> str:
        """64 hexadecimal digits, equal for equal values of one place for the life of the installation."""
        return hmac_sm3(self._secret("blind-index", place), value.encode("utf-8")).hex()

    def tag(self, salt: bytes, content: bytes) -> str:
        """The keyed tag (HMAC-SM3, hex) of a history entry's content."""
        return history.entry_tag(self.entry_key(salt), content).hex()

    def entry_key(self, salt: bytes) -> bytes:
        """The key of one history entry's tag."""
        return history.entry_key(self._secret("audit-tag", "entry"), salt)


def destroyed(key: DataKey) -> ZhunyuError:
    """K006 in words."""
    return ZhunyuError(
        "K006", f"内容已于 {key.destroyed_at[:10]} 按规定销毁（{key.reason}）。", "销毁不能撤回。", status=410
    )
