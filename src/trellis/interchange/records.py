"""Cut a CSV file into blocks that end where a record ends, however large the file is."""

from collections.abc import Iterator
from io import BufferedIOBase

import numpy as np

BLOCK_BYTES = 16_000_000
# No honest record is longer; what has no end within so much is not read on.
LONGEST_RECORD = 1_000_000

NEWLINE, QUOTE = 10, 34


class EndlessRecordError(Exception):
    """A record does not end within the longest that is read."""


def blocks(stream: BufferedIOBase) -> Iterator[bytes]:
    """Yield whole records, many at once; line breaks inside quotes end none."""
    rest = b""
    while piece := stream.read(BLOCK_BYTES):
        if b'"' in piece or b'"' in rest:
            piece, rest = rest + piece, b""  # only the whole tells which line breaks are inside
        end = _end_of_records(piece)
        if end:
            yield b"".join((rest, memoryview(piece)[:end]))
            rest = b""
        rest += piece[end:]
        if len(rest) > LONGEST_RECORD:
            raise EndlessRecordError
    if rest:
        yield rest


def count(block: bytes) -> int:
    """Count the records of a block."""
    data = np.frombuffer(block, np.uint8)
    ends = data == NEWLINE
    if b'"' in block:
        # A byte that wraps around keeps what is even and what is odd.
        ends &= np.cumsum(data == QUOTE, dtype=np.uint8) % 2 == 0
    return int(np.count_nonzero(ends)) + (not block.endswith(b"\n"))


def endless(data: bytes) -> bool:
    """Return True if a line of a file in memory is longer than the longest record."""
    start = 0
    while start + LONGEST_RECORD < len(data):
        end = data.rfind(b"\n", start, start + LONGEST_RECORD)
        if end < 0:
            return True
        start = end + 1
    return False


def _end_of_records(data: bytes) -> int:
    end = data.rfind(b"\n") + 1
    if b'"' not in data:
        return end
    quotes = data.count(b'"', 0, end)
    while end and quotes % 2:
        # The last quote before here is open, so no record ends after it.
        opened = data.rfind(b'"', 0, end)
        earlier = data.rfind(b"\n", 0, opened) + 1
        quotes -= data.count(b'"', earlier, end)
        end = earlier
    return end
