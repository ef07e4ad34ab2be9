# SPDX-License-Identifier: Apache-2.0
# ./dev test [SUITE...]: every suite writes JUnit results; the last line sums
# them up.
. tools/dev/packages.sh
. tools/dev/build.sh

results=build/results
known_suites=(unit integration golden check asan kmod e2e)
failed_suites=()

# say_suite NAME: a heading with the time, so that slow suites are seen.
say_suite() { printf '\n== %s (%s)\n' "$1" "$(date +%T)"; }

run_pytest() { # NAME PATH...
  local name=$1
  shift
  "$PYTHON" -m pytest -q -rs --color=auto -p no:cacheprovider --junitxml="$results/$name.xml" "$@"
}

suite_programs() { # FOLDER of tests/
  local -n programs=test_programs_$1
  build_preset dev
  run_tests dev "$results/$1" "${programs[@]}"
}

suite_check() {
  install_packages "${packages_unit[@]}"
  run_pytest check tests/check
}

suite_asan() {
  build_preset asan
  run_tests asan "$results/asan" "${test_programs[@]}"
}

suite_kmod() {
  install_packages "${packages_unit[@]}" "${packages_vm[@]}"
  run_pytest kmod tests/e2e/kmod
}

prepare_e2e() {
  install_packages "${packages_unit[@]}" "${packages_vm[@]}" "${packages_cluster[@]}"
  build_preset release nacelle-agent nacelle-operator kubectl-nacelle
}

suite_e2e() {
  prepare_e2e
  run_pytest e2e tests/e2e --ignore=tests/e2e/kmod
}

run_suite() {
  say_suite "$1"
  case $1 in
    unit | integration | golden) suite_programs "$1" ;;
    check | asan | kmod | e2e) "suite_$1" ;;
  esac
}

# A cluster mostly waits: among other suites, e2e runs beside them from their beginning,
# in a process group of its own, and is awaited in its place. What it installs and builds
# is there before.
start_e2e() {
  local code
  set +e
  (set -e; prepare_e2e)
  code=$?
  set -e
  [ "$code" -eq 0 ] || return 0  # it fails once more in its place
  set -m
  (set -e; run_suite e2e) >"$results/e2e.log" 2>&1 &
  e2e=$!
  set +m
  trap 'kill -INT -- "-$e2e"; wait "$e2e"; exit 130' INT TERM
}

await_e2e() {
  wait "$e2e"
  local code=$?
  trap - INT TERM
  cat "$results/e2e.log"
  return "$code"
}

if [ "${BASH_SOURCE[1]##*/}" = dev ]; then
  suites=("$@")
  [ ${#suites[@]} -gt 0 ] || suites=("${known_suites[@]}")
  for suite in "${suites[@]}"; do
    if [[ " ${known_suites[*]} " != *" $suite "* ]]; then
      echo "dev: there is no suite '$suite'; there are ${known_suites[*]}" >&2
      exit 2
    fi
  done
  rm -rf "$results" && mkdir -p "$results"
  e2e=
  [[ ${#suites[@]} -eq 1 || " ${suites[*]} " != *" e2e "* ]] || start_e2e
  for suite in "${suites[@]}"; do
    # A subshell with its own errexit: a suite that fails does not hide the others.
    set +e
    if [ "$suite" = e2e ] && [ -n "$e2e" ]; then await_e2e; else (set -e; run_suite "$suite"); fi
    code=$?
    set -e
    [ "$code" -eq 0 ] || failed_suites+=("$suite")
  done
  echo
  [ ${#failed_suites[@]} -eq 0 ] || echo "dev: failed suites: ${failed_suites[*]}"
  "$PYTHON" tools/dev/summary.py "$results"
  [ ${#failed_suites[@]} -eq 0 ]
fi
