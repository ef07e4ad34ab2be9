#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ./dev check kmod: style of the kernel code, then its tests twice, with a
# minute each of kills and of hot plug, and five of mixed use and of the fuzzer
# (NACELLE_SOAK_SECONDS): on Debian's kernel, and on a small one with KASAN and
# lockdep. That one is built once, ten minutes on two free
# cores, and kept in the cache; an interrupted build goes on where it ended.
#
# Usage: check_kmod.sh [debian | debug]    one of the two kernels only
#        check_kmod.sh arm64              ./dev check kmod-arm64: Debian's for
#                                         arm64, emulated, and cross-built modules
set -eu
cd "$(dirname "$0")/.."

case "${1:-debian debug}" in
debian | debug | arm64 | "debian debug") kernels=${1:-debian debug} ;;
*)
	echo "Usage: check_kmod.sh [debian | debug | arm64]" >&2
	exit 2
	;;
esac

echo "kmod: checkpatch"
tools/checkpatch.sh
for kernel in $kernels; do
	echo "kmod: tests on the $kernel kernel"
	NACELLE_KMOD_KERNEL=$kernel \
		NACELLE_SOAK_SECONDS=${NACELLE_SOAK_SECONDS:-300} /usr/bin/python3 -m pytest -q \
		tests/e2e/kmod
done
