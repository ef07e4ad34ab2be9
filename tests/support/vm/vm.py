# SPDX-License-Identifier: Apache-2.0
"""A virtual machine, from power-on to the end of its process."""

import ctypes
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support.vm import acceleration, initramfs, topology as layout
from tests.support.vm.channel import Channel, ChannelError, connect
from tests.support.vm.kernel import Kernel


class VmError(Exception):
    """The machine did not start, or did not stay up; ends with its console."""


@dataclass(frozen=True)
class VmConfig:
    """What the machine is made of."""

    kernel: Kernel
    topology: layout.Topology = field(default_factory=layout.small)
    # A raw ext4 image; never written, changes go to an overlay that lasts as
    # long as the Vm, over power-off and power-on. None: initramfs only.
    disk: Path | None = None
    # Path in the disk of the first process.
    init: str = "/sbin/init"
    # Modules of the kernel's package to load before all else.
    modules: Sequence[str] = ()
    # Path in the initramfs to a file here.
    files: Mapping[str, Path] = field(default_factory=dict)
    # (port on 127.0.0.1 here, port in the guest); () still has a network
    # when `network` is set.
    forwards: Sequence[tuple[int, int]] = ()
    network: bool = False
    # More of the kernel's command line, and of QEMU's.
    append: str = ""
    qemu: Sequence[str] = ()
    # Kept console logs; None: in the machine's own temporary folder.
    console: Path | None = None
    # For the guest to answer, from power-on.
    boot_seconds: float = 120


def _machine(config: VmConfig) -> list[str]:
    if config.kernel.architecture == "arm64":
        return ["qemu-system-aarch64", "-machine", "virt",
                *acceleration.arm64_options(),
                *layout.qemu_options(config.topology, hmat=False)]
    accelerator = acceleration.choose(config.kernel.image)
    machine = "q35,hmat=on"
    if config.topology.iommu and accelerator == "kvm":
        # Or there are no remapped interrupts.
        machine += ",kernel-irqchip=split"
    return ["qemu-system-x86_64", "-machine", machine,
            *acceleration.options(accelerator),
            *layout.qemu_options(config.topology)]


def _die_with_parent() -> None:
    """QEMU must not outlive this process, however it ends.

    The kernel watches the thread that started QEMU: power on from a thread
    that lives as long as the machine.
    """
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


# Lines by which the kernel says that something is wrong with itself.
_WARNING = re.compile(
    r"WARNING:|BUG:|BUG at|Oops|Kernel panic|INFO: possible|INFO: task .* "
    r"blocked|INFO: rcu|general protection fault|Unable to handle|"
    r"Call Trace|Bad page|Bad rss|VFS: Busy inodes|unregister_netdevice: "
    r"waiting|sysfs: cannot create duplicate|refcount_t:|KASAN|UBSAN|"
    r"kmemleak|DEBUG_LOCKS|lockdep|inconsistent lock state|scheduling while "
    r"atomic|soft lockup|hard LOCKUP|failed to enable IOPF|segfault")


class Vm:
    """Use as a context manager: it is on inside the block."""

    def __init__(self, config: VmConfig) -> None:
        self._config = config
        self._folder = Path(tempfile.mkdtemp(prefix="nacelle-vm-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._data: socket.socket | None = None
        self._data_lock = threading.Lock()
        self.console = config.console or self._folder / "console"

    def __enter__(self) -> Self:
        try:
            self.power_on()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.power_off()
        shutil.rmtree(self._folder, ignore_errors=True)

    def power_on(self) -> None:
        """Starts the machine and waits until it takes commands."""
        image = self._folder / "initramfs"
        if not image.exists():
            self._prepare(image)
        with open(self._folder / "qemu", "ab") as said:
            self._process = subprocess.Popen(
                self._command(image), preexec_fn=_die_with_parent,
                stdin=subprocess.DEVNULL, stdout=said,
                stderr=subprocess.STDOUT)
        try:
            self._channel = Channel(connect(self._folder / "commands", 10))
            self._data = connect(self._folder / "data", 10)
            self._channel.wait_ready(self._config.boot_seconds)
        except ChannelError as error:
            raise VmError(f"{error}\n{self.last_words()}") from error

    def power_off(self) -> None:
        """Pulls the plug: nothing in the guest is told."""
        if self._process:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None
        if self._channel:
            self._channel.close()
            self._channel = None
        if self._data:
            self._data.close()
            self._data = None

    def run(self, command: str, timeout: float = 30) -> tuple[int, str]:
        """Exit status and output, both streams, of a shell command."""
        if not self._channel:
            raise VmError("the machine is off")
        try:
            status, output = self._channel.run(command, timeout)
        except ChannelError as error:
            raise VmError(f"{error}\n{self.last_words()}") from error
        return status, output.decode(errors="replace")

    def check(self, command: str, timeout: float = 30) -> str:
        """Output of a command that must succeed."""
        status, output = self.run(command, timeout)
        if status:
            raise VmError(f"{command}: status {status}: {output}")
        return output

    def put(self, source: Path, destination: str, mode: int = 0o644,
            timeout: float = 120) -> None:
        """Copies a file into the guest."""
        if not self._data:
            raise VmError("the machine is off")
        data = source.read_bytes()
        with self._data_lock:
            # The port holds what comes before the reader, up to its buffers.
            sender = threading.Thread(target=self._data.sendall, args=(data,),
                                      daemon=True)
            sender.start()
            self.check(
                f"mkdir -p $(dirname '{destination}') && rm -f '{destination}'"
                f" && head -c {len(data)} <$NACELLE_DATA_PORT "
                f">'{destination}' && chmod {mode:o} '{destination}'", timeout)
            sender.join(timeout)

    def dmesg(self) -> str:
        return self.check("dmesg", 60)

    def warnings(self) -> list[str]:
        """Lines of dmesg by which the kernel complains about itself."""
        return [line for line in self.dmesg().splitlines()
                if _WARNING.search(line)]

    def last_words(self, lines: int = 40) -> str:
        """The end of the console, and what QEMU said, for messages."""
        parts = []
        for file in (self.console, self._folder / "qemu"):
            if file.exists():
                text = file.read_text(errors="replace")
                parts += text.splitlines()[-lines:]
        return "\n".join(parts)

    def _prepare(self, image: Path) -> None:
        config = self._config
        modules = list(config.modules)
        if config.disk:
            modules += initramfs.DISK_MODULES
            subprocess.run(
                ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b",
                 str(config.disk.resolve()), str(self._folder / "overlay")],
                check=True, timeout=60)
        if config.network or config.forwards:
            modules.append("virtio_net")
        initramfs.write(image, config.kernel, modules=modules,
                        files=config.files)

    def _append(self) -> str:
        arm = self._config.kernel.architecture == "arm64"
        words = ["console=ttyAMA0" if arm else "console=ttyS0", "panic=-1", "printk.devkmsg=on",
                 "log_buf_len=4M"]
        if not arm:
            words += acceleration.kernel_words(acceleration.choose(self._config.kernel.image))
        if self._config.disk:
            words += ["nacelle.root=/dev/vda",
                      f"nacelle.init={self._config.init}"]
        return " ".join([*words, self._config.append])

    def _command(self, image: Path) -> list[str]:
        config = self._config
        command = [
            *_machine(config), "-nodefaults", "-display", "none", "-no-reboot",
            "-kernel", str(config.kernel.image), "-initrd", str(image),
            "-append", self._append(),
            "-chardev", f"file,id=console,path={self.console},append=on",
            "-serial", "chardev:console",
            "-device", "virtio-rng-pci,bus=pcie.0",
            "-device", "virtio-serial-pci,bus=pcie.0"]
        for name in ("commands", "data"):
            command += [
                "-chardev", f"socket,id={name},server=on,wait=off,"
                            f"path={self._folder / name}",
                "-device", f"virtserialport,chardev={name},"
                           f"name=nacelle.{name}"]
        if config.disk:
            command += ["-drive", f"file={self._folder / 'overlay'},"
                                  "format=qcow2,if=none,id=disk,cache=unsafe",
                        "-device", "virtio-blk-pci,drive=disk,bus=pcie.0"]
        return command + self._network_options() + list(config.qemu)

    def _network_options(self) -> list[str]:
        if not (self._config.network or self._config.forwards):
            return []
        forwards = "".join(f",hostfwd=tcp:127.0.0.1:{here}-:{there}"
                           for here, there in self._config.forwards)
        return ["-netdev", f"user,id=net{forwards}",
                "-device", "virtio-net-pci,netdev=net,bus=pcie.0"]
