# SPDX-License-Identifier: Apache-2.0
# ./dev image: the agent as an OCI archive, without a container daemon.
. tools/dev/packages.sh
. tools/dev/build.sh

build_preset release nacelle-agent
mkdir -p build/image
digest=$("$PYTHON" tools/image/oci_image.py -o build/image/nacelle-agent.tar --name localhost/nacelle-agent:dev \
  --program build/release/bin/nacelle-agent=/usr/bin/nacelle-agent --entrypoint /usr/bin/nacelle-agent)
echo "build/image/nacelle-agent.tar: localhost/nacelle-agent:dev $digest"
echo "load it, for example: ctr -n k8s.io images import build/image/nacelle-agent.tar"
