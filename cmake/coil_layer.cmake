# coil_layer(<name> [DEPENDS <layer>...] [LINK <target>...])
#
# Opens the inventory of one layer: the folder coil/<name>, the target
# coil::<name>. coil_component() lines follow it. The target is defined when the
# folder's CMakeLists.txt ends, because only then is it known whether the layer
# has sources: without any it is an INTERFACE library. LINK names what the layer
# needs from outside coil.
function(coil_layer name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LINK" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "coil_layer(${name}): what is '${arg_UNPARSED_ARGUMENTS}'?")
  endif()
  set_property(DIRECTORY PROPERTY coil_layer ${name})
  set_property(DIRECTORY PROPERTY coil_depends ${arg_DEPENDS})
  set_property(DIRECTORY PROPERTY coil_link ${arg_LINK})
  set_property(GLOBAL APPEND PROPERTY coil_built_layers ${name})
  cmake_language(DEFER CALL coil_define_layer)
endfunction()

function(coil_define_layer)
  get_property(name DIRECTORY PROPERTY coil_layer)
  get_property(depends DIRECTORY PROPERTY coil_depends)
  get_property(link DIRECTORY PROPERTY coil_link)
  get_property(sources DIRECTORY PROPERTY coil_sources)

  set(target coil_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    coil_developer_flags(${target})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(coil::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_include_directories(${target} ${scope}
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<INSTALL_INTERFACE:include>")
  # GCC makes symmetric transfer a jump only with this; Clang always does.
  target_compile_options(${target} ${scope}
    "$<$<CXX_COMPILER_ID:GNU>:-foptimize-sibling-calls>")
  # A preset may leave out the upper layers, so only what is built is linked.
  foreach(layer IN LISTS depends)
    if(TARGET coil_${layer})
      target_link_libraries(${target} ${scope} coil_${layer})
    endif()
  endforeach()
  target_link_libraries(${target} ${scope} ${link})
endfunction()
