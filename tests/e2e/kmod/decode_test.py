# SPDX-License-Identifier: Apache-2.0
"""The decoders of doorbell stores, instruction by instruction, on the host."""

import ctypes
import errno
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.vm.kernel import KMOD

NO_REGISTER = 255
PAGE_ENDS = 3


class Instruction(ctypes.Structure):
    """struct swaccel_instruction."""

    _fields_ = [("store", ctypes.c_bool), ("size", ctypes.c_uint32),
                ("target", ctypes.c_uint), ("immediate", ctypes.c_uint64),
                ("length", ctypes.c_uint)]


@pytest.fixture(scope="module")
def decoders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ctypes.CDLL]:
    library = tmp_path_factory.mktemp("decode") / "decode.so"
    folder = KMOD / "swaccel"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o",
         str(library), str(folder / "decode_x86.c"),
         str(folder / "decode_arm64.c")], check=True, timeout=60)
    yield ctypes.CDLL(str(Path(library)))


def decode_x86(decoders: ctypes.CDLL, code: bytes,
               available: int | None = None) -> tuple[int, Instruction]:
    found = Instruction()
    length = len(code) if available is None else available
    return decoders.swaccel_decode_x86(code, length,
                                       ctypes.byref(found)), found


def decode_arm64(decoders: ctypes.CDLL, code: int) -> tuple[int, Instruction]:
    found = Instruction()
    return decoders.swaccel_decode_arm64(ctypes.c_uint32(code),
                                         ctypes.byref(found)), found


# Code, store, size, register, immediate.
X86 = [
    ("48 89 01", True, 8, 0, 0),                    # mov %rax,(%rcx)
    ("89 01", True, 4, 0, 0),                       # mov %eax,(%rcx)
    ("4c 89 38", True, 8, 15, 0),                   # mov %r15,(%rax)
    ("49 89 00", True, 8, 0, 0),                    # mov %rax,(%r8)
    ("48 89 04 24", True, 8, 0, 0),                 # mov %rax,(%rsp)
    ("48 89 45 00", True, 8, 0, 0),                 # mov %rax,0(%rbp)
    ("48 89 44 24 08", True, 8, 0, 0),              # mov %rax,8(%rsp)
    ("48 89 90 00 10 00 00", True, 8, 2, 0),        # mov %rdx,0x1000(%rax)
    ("48 89 94 08 00 10 00 00", True, 8, 2, 0),     # ... 0x1000(%rax,%rcx)
    ("48 89 05 10 00 00 00", True, 8, 0, 0),        # mov %rax,16(%rip)
    ("48 89 04 25 00 10 00 00", True, 8, 0, 0),     # mov %rax,0x1000
    ("4a 89 04 20", True, 8, 0, 0),                 # mov %rax,(%rax,%r12)
    ("48 c7 00 78 56 34 12", True, 8, NO_REGISTER, 0x12345678),
    ("48 c7 00 ff ff ff ff", True, 8, NO_REGISTER, 2**64 - 1),
    ("c7 00 ff ff ff ff", True, 4, NO_REGISTER, 2**32 - 1),
    ("48 c7 40 08 01 00 00 00", True, 8, NO_REGISTER, 1),
    ("48 8b 01", False, 8, 0, 0),                   # mov (%rcx),%rax
    ("8b 01", False, 4, 0, 0),
    ("4c 8b b8 00 11 00 00", False, 8, 15, 0),      # mov 0x1100(%rax),%r15
]

X86_REFUSED = [
    "66 89 01",           # 16 bits
    "88 01",              # 8 bits
    "f0 48 01 01",        # lock add
    "48 87 01",           # xchg
    "48 89 c1",           # between registers
    "48 c7 08 00 00 00 00",  # C7 /1
    "f3 48 a5",           # rep movs
    "0f 11 01",           # movups
    "0f 38 f9 01",        # movdiri
    "64 48 89 01",        # a segment
    "66 0f 38 f8 01",     # movdir64b
    "c5 fc 11 01",        # vmovups
]


@pytest.mark.parametrize(("code", "store", "size", "target", "immediate"), X86)
def test_a_move_of_x86_is_decoded(decoders: ctypes.CDLL, code: str, store: bool,
                                  size: int, target: int,
                                  immediate: int) -> None:
    data = bytes.fromhex(code)
    status, found = decode_x86(decoders, data + b"\x90" * (15 - len(data)))
    assert status == 0
    assert (found.store, found.size, found.target, found.immediate,
            found.length) == (store, size, target, immediate, len(data))


@pytest.mark.parametrize("code", X86_REFUSED)
def test_any_other_instruction_of_x86_is_refused(decoders: ctypes.CDLL,
                                                 code: str) -> None:
    data = bytes.fromhex(code)
    status, _ = decode_x86(decoders, data + b"\x90" * (15 - len(data)))
    assert status == -errno.EINVAL


@pytest.mark.parametrize("code", [row[0] for row in X86])
def test_a_move_that_ends_on_a_page_that_is_not_there_is_tried_again(
        decoders: ctypes.CDLL, code: str) -> None:
    data = bytes.fromhex(code)
    assert decode_x86(decoders, data)[0] == 0
    for available in range(1, len(data)):
        status, _ = decode_x86(decoders, data, available)
        assert status in (-errno.EAGAIN, -errno.EINVAL)
        # The first bytes are enough to know that it is a move.
        if available >= PAGE_ENDS:
            assert status == -errno.EAGAIN


# Code, store, size, register.
ARM64 = [
    (0xf9000020, True, 8, 0),       # str x0, [x1]
    (0xf9080020, True, 8, 0),       # str x0, [x1, #4096]
    (0xb9000022, True, 4, 2),       # str w2, [x1]
    (0xf900003f, True, 8, 31),      # str xzr, [x1]
    (0xf8008020, True, 8, 0),       # stur x0, [x1, #8]
    (0xf81f8020, True, 8, 0),       # stur x0, [x1, #-8]
    (0xb81fc03e, True, 4, 30),      # stur w30, [x1, #-4]
    (0xf8226820, True, 8, 0),       # str x0, [x1, x2]
    (0xf8227820, True, 8, 0),       # str x0, [x1, x2, lsl #3]
    (0xc89ffc20, True, 8, 0),       # stlr x0, [x1]
    (0x889ffc20, True, 4, 0),       # stlr w0, [x1]
    (0xf9400020, False, 8, 0),      # ldr x0, [x1]
    (0xb9500020, False, 4, 0),      # ldr w0, [x1, #4096]
    (0xf8408020, False, 8, 0),      # ldur x0, [x1, #8]
    (0xf8626820, False, 8, 0),      # ldr x0, [x1, x2]
    (0xc8dffc20, False, 8, 0),      # ldar x0, [x1]
]

ARM64_REFUSED = [
    0xf8008420,     # str x0, [x1], #8
    0xf8008c20,     # str x0, [x1, #8]!
    0x39000020,     # strb w0, [x1]
    0x79000020,     # strh w0, [x1]
    0xa9000420,     # stp x0, x1, [x1]
    0xc8007c41,     # stxr w0, x1, [x2]
    0xfd000020,     # str d0, [x1]
    0x3d800020,     # str q0, [x1]
    0xb9800020,     # ldrsw x0, [x1]
    0xf8200020,     # ldadd x0, x0, [x1]
    0xf8000820,     # sttr x0, [x1]
    0xd503201f,     # nop
    0x00000000,
]


@pytest.mark.parametrize(("code", "store", "size", "target"), ARM64)
def test_a_move_of_arm64_is_decoded(decoders: ctypes.CDLL, code: int,
                                    store: bool, size: int,
                                    target: int) -> None:
    status, found = decode_arm64(decoders, code)
    assert status == 0
    assert (found.store, found.size, found.target,
            found.length) == (store, size, target, 4)


@pytest.mark.parametrize("code", ARM64_REFUSED)
def test_any_other_instruction_of_arm64_is_refused(decoders: ctypes.CDLL,
                                                   code: int) -> None:
    assert decode_arm64(decoders, code)[0] == -errno.EINVAL
