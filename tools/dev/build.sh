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

# The programs of tests/, those that take longest first.
test_programs_unit=(plugin_test agent_test core_test operator_test tools_test crd_test)
test_programs_integration=(integration_test)
test_programs_golden=(golden_test)
test_programs=("${test_programs_integration[@]}" "${test_programs_unit[@]}" "${test_programs_golden[@]}")

# run_test_program PRESET RESULTS PROGRAM: all its tests in one process; to start one for
# each takes longer than most of them do. Says how many passed, or what those that failed
# printed.
run_test_program() {
  local log=build/$1/$3.log options=()
  # gtest starts the program anew for a death test, without the emulator.
  [ "$1" != arm64 ] || options=(--gtest_filter=-*DeathTest*)
  if ! timeout 600 "build/$1/bin/$3" "${options[@]}" --gtest_output="xml:$2-$3.xml" >"$log" 2>&1; then
    echo "$3 failed; it ended with: $(tail -n 1 "$log")" >&2
    grep -av '^\[ RUN      \] \|^\[       OK \] \|^\[-----' "$log" >&2
    return 1
  fi
  sed -n "s/^\[  PASSED  \] \(.*\)\.$/$3: \1 passed/p" "$log"
}

# run_tests PRESET RESULTS PROGRAM...: two at a time. JUnit files are RESULTS-PROGRAM.xml.
run_tests() {
  local preset=$1 results=$2 env=()
  shift 2
  case $preset in
    asan) env=(LSAN_OPTIONS="suppressions=$PWD/tests/support/lsan.supp:print_suppressions=0") ;;
    tsan) env=(TSAN_OPTIONS="ignore_noninstrumented_modules=1 suppressions=$PWD/tests/support/tsan.supp") ;;
  esac
  export -f run_test_program
  printf '%s\n' "$@" | env "${env[@]}" xargs -P 2 -I{} bash -c 'run_test_program "$@" {}' run "$preset" "$results"
}

if [ "${BASH_SOURCE[1]##*/}" = dev ]; then
  build_preset "${1:-dev}" "${@:2}"
fi
