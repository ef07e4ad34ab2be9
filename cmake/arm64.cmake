# SPDX-License-Identifier: Apache-2.0
# arm64 from another machine: Debian's cross compiler, and the libraries of a
# Debian arm64 below NACELLE_SYSROOT, which tools/dev/arm64.sh makes. Programs that
# the build itself runs, and the tests, run under qemu-user.
if(NOT NACELLE_SYSROOT)
  message(FATAL_ERROR "NACELLE_SYSROOT is not set: ./dev build arm64 makes the folder and sets it")
endif()
# So that the checks of the compiler know it, too.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES NACELLE_SYSROOT)

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_SYSROOT ${NACELLE_SYSROOT})
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
# g++ 12 suspects its own std::stop_source here.
set(CMAKE_CXX_FLAGS_INIT -Wno-maybe-uninitialized)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L ${NACELLE_SYSROOT})

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${NACELLE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${NACELLE_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${NACELLE_SYSROOT}/usr/share/pkgconfig)
