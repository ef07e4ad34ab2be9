# SPDX-License-Identifier: Apache-2.0
# ./dev demo: the main job without a cluster and without privileges.
. tools/dev/packages.sh
. tools/dev/build.sh

machine=tests/golden/software-testbed/machine.txt
bin=build/dev/bin

say() { printf '\n\033[1m== %s\033[0m\n\n' "$1"; }
[ -t 1 ] || say() { printf '\n== %s\n\n' "$1"; }

build_preset dev nacelle-agent contract-kubelet

folder=$(mktemp -d)
agent=
kubelet=
finish() {
  [ -z "$agent" ] || kill "$agent" 2>/dev/null || true
  [ -z "$kubelet" ] || kill "$kubelet" 2>/dev/null || true
  wait
  rm -rf "$folder"
}
trap finish EXIT

say "The functions of a recorded machine: $bin/nacelle-agent inspect --root $machine"
$bin/nacelle-agent inspect --root "$machine"

say "The same machine as a tree: … inspect -o tree"
$bin/nacelle-agent inspect -o tree --root "$machine"

say "The agent offers them to a kubelet (a stand-in that speaks the real protocol), which allocates one queue"
echo "(a queue at memory without CPUs is told with its nearest node that has some)"
echo
$bin/nacelle-agent unpack "$machine" "$folder/machine"
mkdir "$folder/kubelet"
$bin/nacelle-agent run --root "$folder/machine" --node demo --kubelet-dir "$folder/kubelet" \
  --state-dir "$folder/state" --listen "" 2>"$folder/agent.log" &
agent=$!
$bin/contract-kubelet --dir "$folder/kubelet" --allocate nacelle.dev/sw-zip=1 --until-changes 4 --timeout 60 \
  >"$folder/kubelet.log" &
kubelet=$!

# wait_for TEXT: until the kubelet has printed it, half a minute at most.
wait_for() {
  local tries=300
  until grep -qs "$1" "$folder/kubelet.log"; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ] || ! kill -0 "$kubelet" 2>/dev/null; then
      cat "$folder/kubelet.log" "$folder/agent.log" >&2
      echo "dev: the kubelet never printed '$1'" >&2
      exit 1
    fi
    sleep 0.1
  done
}
wait_for '"links"'
cat "$folder/kubelet.log"
shown=$(wc -l <"$folder/kubelet.log")

say "A function vanishes from the machine: sw_sec.1"
rm -r "$folder/machine/sys/class/uacce/sw_sec-3" "$folder/machine/sys/devices/platform/sw_sec.1" "$folder/machine/dev/sw_sec-3"
kill -HUP "$agent"
wait_for Unhealthy
tail -n "+$((shown + 1))" "$folder/kubelet.log"

say "What the agent logged"
cat "$folder/agent.log"
