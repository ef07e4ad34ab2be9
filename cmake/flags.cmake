# SPDX-License-Identifier: Apache-2.0
# Compiler flags of all targets. Layers link nacelle_flags privately; generated
# code links nacelle_build only, because its warnings are not ours to mend.
add_library(nacelle_build INTERFACE)
add_library(nacelle_flags INTERFACE)
target_link_libraries(nacelle_flags INTERFACE nacelle_build)

target_include_directories(nacelle_build INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(nacelle_build INTERFACE -ffunction-sections -fdata-sections)
target_link_options(nacelle_build INTERFACE -Wl,--gc-sections)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # What each program was linked from, for the bill of materials of its image.
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/linked)
  target_link_options(nacelle_build INTERFACE
    "-Wl,--dependency-file=${CMAKE_BINARY_DIR}/linked/$<TARGET_PROPERTY:NAME>.d")
endif()
target_compile_options(nacelle_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  # Model values are written with designated initialisers; what is left out has its default.
  -Wno-missing-field-initializers)

if(NACELLE_SANITIZE)
  target_compile_options(nacelle_build INTERFACE
    -fsanitize=${NACELLE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(nacelle_build INTERFACE -fsanitize=${NACELLE_SANITIZE})
endif()
if(NACELLE_FUZZ)
  target_compile_options(nacelle_build INTERFACE -fsanitize=fuzzer-no-link)
endif()
