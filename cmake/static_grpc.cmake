# SPDX-License-Identifier: Apache-2.0
# gRPC, Protobuf and hwloc as archives, for a program that is one file and maps
# just what it uses. Debian's CMake and pkg-config files name the shared ones,
# so the archives are found one by one; what has none stays shared.
pkg_check_modules(grpc_closure REQUIRED grpc++_unsecure protobuf-lite)

set(archives)
# The last five are missing in the variant's pkg-config file.
foreach(library IN LISTS grpc_closure_STATIC_LIBRARIES ITEMS address_sorting cares re2 upb z)
  # OpenSSL and zlib are shared with cpprest, which exists as a shared library only: two
  # copies of it in one process would not do.
  set(archive archive-NOTFOUND)
  if(NOT library MATCHES "^(ssl|crypto|z|pthread|dl|m|rt|c|resolv)$")
    find_library(archive_${library} NAMES lib${library}.a)
    set(archive ${archive_${library}})
  endif()
  if(archive)
    list(APPEND archives ${archive})
  else()
    list(APPEND archives -l${library})
  endif()
endforeach()
list(REMOVE_DUPLICATES archives)

add_library(nacelle_grpc INTERFACE)
target_include_directories(nacelle_grpc SYSTEM INTERFACE ${grpc_closure_INCLUDE_DIRS})
target_link_libraries(nacelle_grpc INTERFACE
  -Wl,--start-group ${archives} -Wl,--end-group OpenSSL::SSL Threads::Threads)
