#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's checkpatch.pl, from the pinned linux-source package, over the
# kernel code of kmod/. Exit status 0 when it finds nothing.
set -eu
repository=$(cd "$(dirname "$0")/.." && pwd)

checkpatch=$(cd "$repository" &&
	/usr/bin/python3 -c 'from tests.support.vm import packages
print(packages.fetch().checkpatch)')

# It leaves a file where it runs.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/include"
cd "$folder"

# CAMELCASE: the kernel's own zlib has such names. CONST_STRUCT: one struct
# file_operations is uacce's with another poll(), made at run time.
find "$repository/kmod/include" "$repository/kmod/swiommu" \
	"$repository/kmod/swaccel" "$repository/kmod/uacce" \
	"$repository/kmod/swfpga" "$repository/kmod/stranger" -name '*.[ch]' ! -name 'uacce.c' -print0 | sort -z |
	xargs -0 perl "$checkpatch" --no-tree --root="$folder" --strict --terse --quiet \
		--no-summary --show-types --ignore CAMELCASE,CONST_STRUCT --file
