# SPDX-License-Identifier: Apache-2.0
# ./dev cluster [down]: a real control plane here, a real node in QEMU.
. tools/dev/packages.sh
. tools/dev/build.sh

case ${1:-up} in
  up)
    install_packages "${packages_unit[@]}" "${packages_vm[@]}" "${packages_cluster[@]}"
    build_preset release nacelle-agent
    "$PYTHON" -m tests.support.cluster up
    ;;
  down) "$PYTHON" -m tests.support.cluster down ;;
  *)
    echo "dev: usage: ./dev cluster [down]" >&2
    exit 2
    ;;
esac
