# SPDX-License-Identifier: Apache-2.0
# ./dev image [--tag TAG]: the agent, the operator and the client of helm test as OCI
# archives, each with its bill of materials, without a container daemon; and
# kubectl-nacelle, one static file for people's own machines.
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
build_preset release nacelle-agent nacelle-operator kubectl-nacelle
make -s -C kmod/client BUILD="$PWD/build/release/client"

mkdir -p build/image
"$PYTHON" tools/image/products.py -o build/image "$@" \
  build/release/bin/nacelle-agent build/release/bin/nacelle-operator build/release/client/swaccel-client
strip --strip-all -o build/image/kubectl-nacelle build/release/bin/kubectl-nacelle
echo "build/image/kubectl-nacelle: put it on your PATH, and call kubectl nacelle"
echo "load the images, for example: ctr -n k8s.io images import build/image/nacelle-agent.tar"
