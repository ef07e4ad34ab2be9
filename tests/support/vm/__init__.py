# SPDX-License-Identifier: Apache-2.0
"""A virtual machine for tests: Debian's kernel, the modules of kmod/, QEMU.

    kernel = tests.support.vm.kernel.build()
    with Vm(VmConfig(kernel=kernel)) as vm:
        rc, out = vm.run("uname -r", timeout=10)

Needs neither network nor privileges, and works without /dev/kvm.
"""
