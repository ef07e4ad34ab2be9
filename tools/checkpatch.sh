#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's checkpatch.pl, from the pinned linux-source package, over the
# kernel code of kmod/. Exit status 0 when it finds nothing.
set -eu
cd "$(dirname "$0")/.."

checkpatch=$(/usr/bin/python3 -c 'from tests.support.vm import packages
print(packages.fetch().checkpatch)')

# CAMELCASE: the kernel's own zlib has such names.
find kmod/include kmod/swiommu kmod/swaccel kmod/uacce -name '*.[ch]' \
	! -name 'uacce.c' -print0 | sort -z |
	xargs -0 perl "$checkpatch" --no-tree --strict --terse --quiet --no-summary \
		--show-types --ignore CAMELCASE --file
