# SPDX-License-Identifier: Apache-2.0
# ./dev build [PRESET] [TARGET...]: configures and builds a preset.
. tools/dev/packages.sh
. tools/dev/arm64.sh

build_preset() {
  local preset=$1 options=()
  shift
  install_packages "${packages_build[@]}"
  case $preset in
    clang | tsan | tidy | fuzz) install_packages "${packages_unit[@]}" "${packages_clang[@]}" ;;
    arm64)
      install_packages "${packages_cross[@]}"
      options=("-DNACELLE_SYSROOT=$(arm64_sysroot)")
      ;;
    *) install_packages "${packages_unit[@]}" ;;
  esac
  mkdir -p "build/$preset"
  if ! cmake --preset "$preset" "${options[@]}" >"build/$preset/configure.log" 2>&1; then
    cat "build/$preset/configure.log" >&2
    return 1
  fi
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# run_ctest PRESET [FOLDER [JUNIT]]: the tests of a preset, or of one folder of
# tests/. Says which failed and what they printed, else only how many passed.
run_ctest() {
  local where=build/$1${2:+/tests/$2} env=() options=()
  case $1 in
    # gtest starts the program anew for a death test, without the emulator.
    arm64) options=(-E DeathTest) ;;
    asan) env=(LSAN_OPTIONS="suppressions=$PWD/tests/support/lsan.supp:print_suppressions=0") ;;
    tsan) env=(TSAN_OPTIONS="ignore_noninstrumented_modules=1 suppressions=$PWD/tests/support/tsan.supp") ;;
  esac
  local command=(ctest --test-dir "$where" --no-tests=error --output-on-failure -j2 --timeout 120 "${options[@]}")
  [ -z "${3:-}" ] || command+=(--output-junit "$3")
  if ! env "${env[@]}" "${command[@]}" >"$where/ctest.log" 2>&1; then
    grep -v '^ *Start \|Passed .* sec$' "$where/ctest.log" >&2
    return 1
  fi
  grep 'tests passed' "$where/ctest.log"
}

if [ "${BASH_SOURCE[1]##*/}" = dev ]; then
  build_preset "${1:-dev}" "${@:2}"
fi
