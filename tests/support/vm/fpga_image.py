# SPDX-License-Identifier: Apache-2.0
"""Images for the software FPGA, as kmod/include/uapi/swfpga.h describes them."""

import struct
import zlib

_HEADER = "<8sQQ16sII"


def image(contents: int, kind: str = "", payload: bytes = b"gates",
          crc: int | None = None) -> bytes:
    """`contents` is what compat_id reads then; `kind` of the function it makes."""
    return struct.pack(
        _HEADER, b"SWFPGA1\0", contents >> 64, contents & (1 << 64) - 1,
        kind.encode(), len(payload),
        zlib.crc32(payload) if crc is None else crc) + payload
