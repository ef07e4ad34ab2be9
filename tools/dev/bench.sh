# SPDX-License-Identifier: Apache-2.0
# ./dev bench [--json FILE]: each program of tests/bench measures against the
# limits that the project states, and prints value, limit and ratio.
. tools/dev/packages.sh
. tools/dev/build.sh

json=
case ${1:-} in
  "") ;;
  --json) json=${2:?dev: --json needs a file} ;;
  *)
    echo "dev: usage: ./dev bench [--json FILE]" >&2
    exit 2
    ;;
esac

build_preset release nacelle-agent nacelle-operator kubectl-nacelle benches
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
held=0
for program in build/release/bin/bench_*; do
  printf '\n== %s\n' "${program##*/}"
  "$program" --json "$parts/${program##*/}.json" || held=1
done
# 5,000 nodes on a real API server.
printf '\n== bench_operator\n'
"$PYTHON" tests/bench/bench_operator.py --json "$parts/bench_operator.json" || held=1
if [ -n "$json" ]; then
  "$PYTHON" -c 'import json, sys; print(json.dumps([row for file in sys.argv[1:] for row in json.load(open(file))], indent=2))' \
    "$parts"/*.json >"$json"
fi
exit "$held"
