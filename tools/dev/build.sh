# SPDX-License-Identifier: Apache-2.0
# ./dev build [PRESET] [TARGET...]: configures and builds a preset.
. tools/dev/packages.sh

build_preset() {
  local preset=$1
  shift
  install_packages "${packages_build[@]}"
  case $preset in
    clang | tsan | tidy | fuzz) install_packages "${packages_unit[@]}" "${packages_clang[@]}" ;;
    *) install_packages "${packages_unit[@]}" ;;
  esac
  mkdir -p "build/$preset"
  if ! cmake --preset "$preset" >"build/$preset/configure.log" 2>&1; then
    cat "build/$preset/configure.log" >&2
    return 1
  fi
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

if [ "${BASH_SOURCE[1]##*/}" = dev ]; then
  build_preset "${1:-dev}" "${@:2}"
fi
