# SPDX-License-Identifier: Apache-2.0
# ./dev check [NAME...]: checks that take longer than a test run should.
. tools/dev/packages.sh
. tools/dev/build.sh

fuzz_seconds=${FUZZ_SECONDS:-600}

check_clang() {
  build_preset clang
  run_tests clang build/clang/results "${test_programs[@]}"
}

check_tsan() {
  build_preset tsan
  run_tests tsan build/tsan/results "${test_programs[@]}"
}

# Each source whose state has not passed before on this machine (tools/dev/tidy.py).
check_tidy() {
  build_preset tidy nacelle_proto
  "$PYTHON" tools/dev/tidy.py build/tidy
}

# One fuzz target, from its committed corpus and from what earlier runs found.
fuzz_target() {
  local target=build/fuzz/bin/$1
  mkdir -p "$NACELLE_CACHE/fuzz/$1" build/fuzz/artifacts
  echo "$1: $fuzz_seconds s"
  "$target" -max_total_time="$fuzz_seconds" -artifact_prefix=build/fuzz/artifacts/ -print_final_stats=1 \
    "$NACELLE_CACHE/fuzz/$1" "tests/fuzz/corpus/$1" 2>"build/fuzz/$1.log" || {
    tail -n 30 "build/fuzz/$1.log" >&2
    return 1
  }
}

# All of them for FUZZ_SECONDS each, as many at a time as there are cores.
check_fuzz() {
  build_preset fuzz fuzz_targets
  export -f fuzz_target
  export fuzz_seconds
  find build/fuzz/bin -name 'fuzz_*' -printf '%f\n' | sort | xargs -P "$(nproc)" -I{} bash -c 'fuzz_target {}'
}

check_kmod() {
  install_packages "${packages_unit[@]}" "${packages_vm[@]}"
  tools/check_kmod.sh
}

# The modules on arm64, emulated; not in CI.
check_kmod_arm64() {
  install_packages "${packages_unit[@]}" "${packages_vm[@]}" "${packages_arm64[@]}"
  tools/check_kmod.sh arm64
}

# The programs and their tests cross-built, the tests under qemu-user, and the images; not
# in CI.
check_arm64() {
  install_packages "${packages_unit[@]}" binutils
  build_preset arm64 golden_test core_test crd_test agent_test
  run_tests arm64 build/arm64/results golden_test core_test crd_test agent_test
  ./dev image arm64
  "$PYTHON" -m pytest -q -rs -p no:cacheprovider tests/e2e/arm64_image_test.py
}

# What is committed, built in two folders, once with all that ccache knows and once
# without: the same images, by their digests.
check_reproducible() {
  local other
  other=$(mktemp -d)
  # Paths of another length, too.
  git clone -q --no-hardlinks . "$other/in/another/place/one"
  git clone -q --no-hardlinks . "$other/two"
  (cd "$other/in/another/place/one" && CCACHE_DISABLE=1 ./dev image) | grep -o 'nacelle-.* sha256:[0-9a-f]*' >"$other/first"
  (cd "$other/two" && CCACHE_BASEDIR=$other/two ./dev image) | grep -o 'nacelle-.* sha256:[0-9a-f]*' >"$other/second"
  cat "$other/first"
  diff "$other/first" "$other/second"
  cmp "$other/in/another/place/one/build/image/kubectl-nacelle" "$other/two/build/image/kubectl-nacelle"
  rm -rf "$other"
}

# What the compiler checks depend on: sources, build files and the checks themselves.
inputs_hash() {
  git ls-files -z -- core agent plugin operator api cmake tests/unit tests/integration tests/golden tests/bench tests/support tests/fuzz tools/kubectl-nacelle \
    CMakeLists.txt CMakePresets.json .clang-tidy tools/dev | xargs -0 sha256sum | sha256sum | cut -c1-20
}

# "changed": what has not yet passed on these inputs. What clang compiles for tsan, with
# warnings as errors, need not be compiled without. After the moment CHECK_UNTIL (seconds
# since 1970) no check is begun, nor another source of tidy, which knows each for itself.
check_changed() {
  local hash name stamp
  hash=$(inputs_hash)
  fuzz_seconds=${FUZZ_SECONDS:-10}
  mkdir -p "$NACELLE_CACHE/checked"
  for name in fuzz tsan; do
    stamp=$NACELLE_CACHE/checked/$name-$hash
    if [ -e "$stamp" ]; then
      echo "check $name: passed before on the same inputs"
      continue
    fi
    if [ -n "${CHECK_UNTIL:-}" ] && [ "$(date +%s)" -ge "$CHECK_UNTIL" ]; then
      echo "check $name: left out, for no time is left: ./dev check $name"
      continue
    fi
    echo "check $name"
    "check_$name"
    touch "$stamp"
  done
  check_tidy
}

run_checks() {
  local name
  for name in "$@"; do
    case $name in
      clang | tidy | tsan | fuzz | kmod | arm64 | reproducible | changed) "check_$name" ;;
      kmod-arm64) check_kmod_arm64 ;;
      *)
        echo "dev: there is no check '$name'; see ./dev help" >&2
        exit 2
        ;;
    esac
  done
}

if [ $# -gt 0 ]; then run_checks "$@"; else run_checks clang tidy tsan fuzz kmod; fi
