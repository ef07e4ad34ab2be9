# SPDX-License-Identifier: Apache-2.0
# ./dev image [arm64] [--tag TAG]: the agent, the operator and the client of helm
# test as OCI archives, each with its bill of materials, without a container daemon;
# and kubectl-nacelle, one static file for people's own machines. For this machine's
# amd64 in build/image, or for arm64, cross-built, in build/image/arm64.
. tools/dev/packages.sh
. tools/dev/build.sh

architecture=amd64
if [ "${1:-}" = arm64 ]; then
  architecture=arm64
  shift
fi
case ${1:-} in
  '' | --tag) ;;
  *)
    echo "dev: usage: ./dev image [arm64] [--tag TAG]" >&2
    exit 2
    ;;
esac

image_programs=(nacelle-agent nacelle-operator kubectl-nacelle)
if [ "$architecture" = amd64 ]; then
  preset=release output=build/image sysroot=/ strip=strip client_options=()
  install_packages binutils make gcc libjansson-dev zlib1g-dev libssl-dev
else
  preset=arm64 output=build/image/arm64 sysroot=$(arm64_sysroot) strip=aarch64-linux-gnu-strip
  client_options=("CC=aarch64-linux-gnu-gcc --sysroot=$sysroot" "UACCE_HEADERS=$sysroot/usr/include")
  install_packages make
fi
build_preset "$preset" "${image_programs[@]}"

# What it was linked from, for its bill of materials, as cmake/flags.cmake says it for ours.
client=$PWD/build/$preset/client/swaccel-client linked=$PWD/build/$preset/linked/swaccel-client.d
[ -e "$linked" ] || rm -f "$client"
LDFLAGS=-Wl,--dependency-file=$linked make -s -C kmod/client BUILD="${client%/*}" "${client_options[@]}" "$client"

mkdir -p "$output"
"$PYTHON" tools/image/products.py -o "$output" --architecture "$architecture" --sysroot "$sysroot" "$@" \
  "build/$preset/bin/nacelle-agent" "build/$preset/bin/nacelle-operator" "$client"
"$strip" --strip-all -o "$output/kubectl-nacelle" "build/$preset/bin/kubectl-nacelle"
echo "$output/kubectl-nacelle: put it on your PATH, and call kubectl nacelle"
echo "load the images, for example: ctr -n k8s.io images import $output/nacelle-agent.tar"
