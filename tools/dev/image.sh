# SPDX-License-Identifier: Apache-2.0
# ./dev image [--tag TAG]: the agent, and the client that helm test runs, as OCI
# archives, each with its bill of materials, without a container daemon.
. tools/dev/packages.sh
. tools/dev/build.sh

case ${1:-} in
  '' | --tag) ;;
  *)
    echo "dev: usage: ./dev image [--tag TAG]" >&2
    exit 2
    ;;
esac

install_packages binutils make gcc libjansson-dev zlib1g-dev libssl-dev
build_preset release nacelle-agent
make -s -C kmod/client BUILD="$PWD/build/release/client"

mkdir -p build/image
"$PYTHON" tools/image/products.py -o build/image "$@" \
  build/release/bin/nacelle-agent build/release/client/swaccel-client
echo "load the images, for example: ctr -n k8s.io images import build/image/nacelle-agent.tar"
