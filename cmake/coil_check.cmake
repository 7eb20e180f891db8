# coil_check(<target> [<option>...])
#
# Has coil-check look at every C++ file of a target, before it is compiled: what it finds
# is an error, and there is no object file. Clang 19 loads the plugin; for any other
# compiler the program coil-check reads each file first, with that compiler's command.
# Options, as of the plugin: `lifetime=warning`, `all=off`, `future=QCoro::Task`.
#
# A project that defines COIL_REQUIRE_CHECK does not compile where this is forgotten.
include("${CMAKE_CURRENT_LIST_DIR}/coil_check_sources.cmake")

function(coil_check target)
  coil_check_find(plugin coil_check lib/coil/coil_check.so)
  # Said here, too, because a preprocessor that runs alone, as ccache's, has no plugin.
  target_compile_definitions(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:COIL_CHECK_ACTIVE=1>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang AND CMAKE_CXX_COMPILER_VERSION MATCHES "^19\\.")
    list(TRANSFORM ARGN PREPEND -fplugin-arg-coil_check- OUTPUT_VARIABLE options)
    target_compile_options(${target} PRIVATE
      "$<$<COMPILE_LANGUAGE:CXX>:-fplugin=${plugin};${options}>")
    set(needed "${plugin}")
  else()
    set_target_properties(${target} PROPERTIES EXPORT_COMPILE_COMMANDS ON)
    set(needed "")
  endif()
  get_target_property(folder ${target} SOURCE_DIR)
  # At the folder's end, because sources may still be added to the target.
  cmake_language(EVAL CODE "cmake_language(DEFER DIRECTORY [[${folder}]]
    CALL coil_check_sources [[${target}]] [[${needed}]] [[${ARGN}]])")
endfunction()

# Sets a variable to a file of coil-check: of `built`, a target of this build, or of
# what is installed beside this file.
function(coil_check_find result built installed)
  cmake_path(GET installed FILENAME name)
  cmake_path(SET path NORMALIZE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../../${installed}")
  if(TARGET ${built})
    get_target_property(folder ${built} BINARY_DIR)
    set(path "${folder}/${name}")
  elseif(NOT EXISTS "${path}")
    message(FATAL_ERROR "coil_check: this coil has no coil-check; configure it with "
                        "-DCOIL_CHECK=ON, which needs the development files of Clang 19")
  endif()
  set(${result} "${path}" PARENT_SCOPE)
endfunction()
