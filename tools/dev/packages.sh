# SPDX-License-Identifier: Apache-2.0
# The Debian packages that each kind of work needs, and how they get here.

packages_build=(
  g++ cmake ninja-build ccache pkg-config
  libgrpc++-dev protobuf-compiler-grpc protobuf-compiler libprotobuf-dev
  libcpprest-dev libssl-dev libhwloc-dev nlohmann-json3-dev prometheus-cpp-dev
  libyaml-cpp-dev
)
packages_unit=(libgtest-dev libgmock-dev python3 python3-pytest python3-yaml shellcheck)
packages_vm=(
  binutils perl xz-utils
  qemu-system-x86 qemu-utils busybox-static mmdebstrap e2fsprogs cpio
  kmod bc bison flex libelf-dev zlib1g-dev libjansson-dev libssl-dev make gcc
)
packages_arm64=(qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
packages_cross=(g++-aarch64-linux-gnu binutils-aarch64-linux-gnu qemu-user-static mmdebstrap)
# What arm64 programs are built against. The compilers of protocols are only named by
# the CMake files of the libraries; those of this machine run.
packages_sysroot=(
  libgrpc++-dev protobuf-compiler-grpc protobuf-compiler libprotobuf-dev
  libcpprest-dev libssl-dev libhwloc-dev nlohmann-json3-dev prometheus-cpp-dev
  libyaml-cpp-dev libgtest-dev libgmock-dev libjansson-dev zlib1g-dev libc6-dev
)
packages_cluster=(openssl ca-certificates util-linux tar podman runc)
packages_clang=(clang clang-tidy libclang-rt-14-dev)

# install_packages NAME...: installs those that are missing, and says so.
install_packages() {
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "dev: installing Debian packages: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  # The list of packages may be older than what the mirror still has.
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
