"""What streams with a known end have in common: a place in them, and going to another."""

import io


class Seekable(io.RawIOBase):
    """A stream of `_size` bytes that is read from `_position` on; whoever derives from it sets both, and reads."""

    _size: int
    _position: int

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("a stream has no place before its beginning")
        self._position = base + offset
        return self._position
