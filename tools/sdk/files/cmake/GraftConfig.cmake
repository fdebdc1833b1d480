# SPDX-License-Identifier: BSD-2-Clause
# Graft @VERSION@ for CMake:
#
#   find_package(Graft @MINOR@ REQUIRED COMPONENTS default PATHS graft-sdk-@VERSION@)
#   target_link_libraries(kernel PRIVATE Graft::kernel Graft::default)
#
# Graft::headers    the include folder
# Graft::kernel     the headers, and the flags that code of a kernel needs (README.md says why)
# Graft::SET        the object of a driver set, one of: @SETS@
cmake_minimum_required(VERSION 3.21)

get_filename_component(GRAFT_DIR "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(GRAFT_SETS @SETS@)
separate_arguments(GRAFT_SETS)

if(NOT TARGET Graft::headers)
  add_library(Graft::headers INTERFACE IMPORTED)
  set_target_properties(Graft::headers PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${GRAFT_DIR}/include")

  add_library(Graft::kernel INTERFACE IMPORTED)
  set_target_properties(Graft::kernel PROPERTIES
    INTERFACE_COMPILE_OPTIONS "-ffreestanding;-fno-pie;-mno-red-zone;-mgeneral-regs-only"
    INTERFACE_LINK_OPTIONS "-nostdlib;-static;-no-pie"
    INTERFACE_LINK_LIBRARIES Graft::headers)

  foreach(set IN LISTS GRAFT_SETS)
    add_library(Graft::${set} OBJECT IMPORTED)
    set_target_properties(Graft::${set} PROPERTIES
      IMPORTED_OBJECTS "${GRAFT_DIR}/lib/${set}.o"
      INTERFACE_LINK_LIBRARIES Graft::headers)
  endforeach()
endif()

# A component is a driver set.
foreach(component IN LISTS Graft_FIND_COMPONENTS)
  if(component IN_LIST GRAFT_SETS)
    set(Graft_${component}_FOUND TRUE)
  elseif(Graft_FIND_REQUIRED_${component})
    set(Graft_FOUND FALSE)
    set(Graft_NOT_FOUND_MESSAGE "there is no driver set '${component}'; choose among: @SETS@")
  endif()
endforeach()
