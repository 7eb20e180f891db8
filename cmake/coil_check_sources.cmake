# The part of coil_check() that runs when all sources of a target are known.

# Makes each object depend on the plugin, `needed`, or on a look at all sources before.
function(coil_check_sources target needed)
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  list(FILTER sources INCLUDE REGEX "\\.(cpp|cc|cxx|C)$")
  if(needed)
    set_property(SOURCE ${sources} DIRECTORY "${folder}"
                 APPEND PROPERTY OBJECT_DEPENDS "${needed}")
    if(TARGET coil_check)  # make looks for a file's rule only in its own folder
      add_dependencies(${target} coil_check)
    endif()
    return()
  endif()
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${folder}")
    coil_check_beside(seen ${target} "${source}" ${ARGN})
    list(APPEND all_seen "${seen}")
  endforeach()
  add_custom_target(${target}_coil_check DEPENDS ${all_seen})
  add_dependencies(${target} ${target}_coil_check)
  if(TARGET coil_check_tool)
    add_dependencies(${target}_coil_check coil_check_tool)
  endif()
endfunction()

# The command that looks at one source; sets a variable to the file it makes.
function(coil_check_beside result target source)
  coil_check_find(program coil_check_tool bin/coil-check)
  list(TRANSFORM ARGN PREPEND --rule= REGEX "=(error|warning|off)$")
  list(TRANSFORM ARGN PREPEND -- REGEX "^(future=|system-headers)")
  string(MD5 name "${source}")
  set(seen "${CMAKE_BINARY_DIR}/coil_check/${target}/${name}")
  add_custom_command(OUTPUT "${seen}" VERBATIM
    COMMAND ${program} -p "${CMAKE_BINARY_DIR}" --output=CMakeFiles/${target}.dir/
            --depfile=${seen}.d ${ARGN} "${source}"
    COMMAND ${CMAKE_COMMAND} -E touch "${seen}"
    DEPENDS "${source}" "${program}" DEPFILE "${seen}.d" COMMENT "coil-check ${source}")
  set(${result} "${seen}" PARENT_SCOPE)
endfunction()
