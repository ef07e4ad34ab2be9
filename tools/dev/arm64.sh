# SPDX-License-Identifier: Apache-2.0
# The libraries of a Debian arm64, to build against, unpacked and not installed.
. tools/dev/packages.sh

# arm64_sysroot: makes the folder when it is missing, and prints its path.
arm64_sysroot() {
  local suite=bookworm packages key folder new
  packages=$(printf '%s\n' "${packages_sysroot[@]}" | sort | paste -sd,)
  key=$(printf '%s\n' 1 "$suite" "$packages" | sha256sum | cut -c1-20)
  folder=$NACELLE_CACHE/arm64-sysroot/$key
  if [ ! -d "$folder" ]; then
    mkdir -p "$NACELLE_CACHE/arm64-sysroot"
    new=$(mktemp -d "$NACELLE_CACHE/arm64-sysroot/.new-XXXXXX")
    echo "dev: unpacking the arm64 libraries into $folder" >&2
    mmdebstrap --quiet --variant=extract --architectures=arm64 --include="$packages" \
      --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr "$suite" "$new" >&2
    make_links_relative "$new"
    chmod 755 "$new"
    # Of two that were made at once, one is enough.
    mv -T "$new" "$folder" 2>/dev/null || rm -rf "$new"
  fi
  echo "$folder"
}

# Absolute links would lead out of the folder.
make_links_relative() { # FOLDER
  local link
  find "$1/usr" -type l -lname '/*' | while read -r link; do
    ln -srnf "$1$(readlink "$link")" "$link"
  done
}
