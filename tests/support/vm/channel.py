# SPDX-License-Identifier: Apache-2.0
"""The host's end of the command channel; guest/nacelle-guest is the other."""

import base64
import itertools
import queue
import socket
import threading
import time
from pathlib import Path


class ChannelError(Exception):
    """The guest did not answer in time, or is gone."""


def connect(path: Path, seconds: float) -> socket.socket:
    deadline = time.monotonic() + seconds
    while True:
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            end.connect(str(path))
            return end
        except OSError as error:
            end.close()
            if time.monotonic() > deadline:
                raise ChannelError(f"{path}: {error}") from error
            time.sleep(0.02)


class Channel:
    """Runs commands in the guest; any thread may call."""

    def __init__(self, commands: socket.socket) -> None:
        self._socket = commands
        self._lock = threading.Lock()
        self._answers: dict[int, queue.Queue[tuple[int, bytes] | None]] = {
            0: queue.Queue()}
        self._ids = itertools.count(1)
        threading.Thread(target=self._read, name="vm-channel",
                         daemon=True).start()

    def _read(self) -> None:
        try:
            with self._socket.makefile("rb") as lines:
                for line in lines:
                    self._dispatch(line)
        except OSError:
            pass
        with self._lock:
            waiting = list(self._answers.values())
        for answer in waiting:
            answer.put(None)

    def _dispatch(self, line: bytes) -> None:
        words = line.split()
        if len(words) < 2 or not words[0].isdigit():
            return
        output = base64.b64decode(words[2]) if len(words) > 2 else b""
        with self._lock:
            answer = self._answers.get(int(words[0]))
        if answer:
            answer.put((int(words[1]), output))

    def wait_ready(self, seconds: float) -> None:
        self._wait(0, seconds, "boot")

    def _wait(self, number: int, seconds: float,
              what: str) -> tuple[int, bytes]:
        try:
            answer = self._answers[number].get(timeout=seconds)
        except queue.Empty:
            raise ChannelError(
                f"no answer within {seconds:.0f} s: {what}") from None
        finally:
            with self._lock:
                if number:
                    del self._answers[number]
        if answer is None:
            raise ChannelError(f"the virtual machine ended: {what}")
        return answer

    def run(self, command: str, seconds: float) -> tuple[int, bytes]:
        """Exit status and output of a shell command, both streams together.

        The guest kills it after `seconds` (status 137).
        """
        text = base64.b64encode(command.encode()).decode()
        number = next(self._ids)
        with self._lock:
            self._answers[number] = queue.Queue()
            try:
                self._socket.sendall(
                    f"{number} {max(1, int(seconds))} {text}\n".encode())
            except OSError as error:
                raise ChannelError(f"{command}: {error}") from error
        # Some time beyond the guest's own limit, for the way.
        return self._wait(number, seconds + 15, command)

    def close(self) -> None:
        self._socket.close()
