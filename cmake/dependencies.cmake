# SPDX-License-Identifier: Apache-2.0
# Every third-party library, once. All are Debian packages; ./dev installs them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost REQUIRED)  # the headers of Asio and Beast
find_package(cpprestsdk CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(yaml-cpp REQUIRED)
pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()

# The one name under which layers link gRPC and Protobuf. The variant without
# TLS: all that is spoken goes over unix sockets, and a daemon without it is
# a third smaller.
if(NACELLE_STATIC_GRPC)
  include(cmake/static_grpc.cmake)
else()
  add_library(nacelle_grpc INTERFACE)
  target_link_libraries(nacelle_grpc INTERFACE gRPC::grpc++_unsecure protobuf::libprotobuf-lite)
endif()
add_library(nacelle::grpc ALIAS nacelle_grpc)
