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

suite_ctest() { # FOLDER
  build_preset dev
  run_ctest dev "$1" "$PWD/$results/$1.xml"
}

suite_check() {
  install_packages "${packages_unit[@]}"
  run_pytest check tests/check
}

suite_asan() {
  build_preset asan
  run_ctest asan "" "$PWD/$results/asan.xml"
}

suite_kmod() {
  install_packages "${packages_unit[@]}" "${packages_vm[@]}"
  run_pytest kmod tests/e2e/kmod
}

suite_e2e() {
  install_packages "${packages_unit[@]}" "${packages_vm[@]}" "${packages_cluster[@]}"
  build_preset release nacelle-agent nacelle-operator kubectl-nacelle
  run_pytest e2e tests/e2e --ignore=tests/e2e/kmod
}

run_suite() {
  say_suite "$1"
  case $1 in
    unit | integration | golden) suite_ctest "$1" ;;
    check | asan | kmod | e2e) "suite_$1" ;;
  esac
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
  for suite in "${suites[@]}"; do
    # A subshell with its own errexit: a suite that fails does not hide the others.
    set +e
    (set -e; run_suite "$suite")
    code=$?
    set -e
    [ "$code" -eq 0 ] || failed_suites+=("$suite")
  done
  echo
  [ ${#failed_suites[@]} -eq 0 ] || echo "dev: failed suites: ${failed_suites[*]}"
  "$PYTHON" tools/dev/summary.py "$results"
  [ ${#failed_suites[@]} -eq 0 ]
fi
