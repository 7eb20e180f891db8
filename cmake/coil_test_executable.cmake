# coil_test_executable(<name> LABEL <label> SOURCES <file>... [LINK <target>...]
#                      [UNDER <command>...])
#
# A doctest program that is also a CTest. Its main() comes from
# coil/testing/main.cpp once the test kit has one, before that from
# tests/doctest_main.cpp. The label says which suite of ./x test runs it.
# UNDER is a command that runs it.
function(coil_test_executable name)
  cmake_parse_arguments(arg "" "LABEL" "SOURCES;LINK;UNDER" ${ARGN})
  coil_test_main()
  add_library(${name}_objects OBJECT ${arg_SOURCES})
  target_link_libraries(${name}_objects PRIVATE ${arg_LINK} coil_test_main)
  coil_developer_flags(${name}_objects)
  add_executable(${name} $<TARGET_OBJECTS:${name}_objects>)
  target_link_libraries(${name} PRIVATE ${arg_LINK} coil_test_main)
  add_test(NAME ${name} COMMAND ${arg_UNDER} $<TARGET_FILE:${name}>)
  set_tests_properties(${name} PROPERTIES
    LABELS ${arg_LABEL} TIMEOUT 300 WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
endfunction()

# Compiled once, because doctest's implementation is the slow part.
function(coil_test_main)
  if(TARGET coil_test_main)
    return()
  endif()
  find_package(doctest REQUIRED)
  set(main "${PROJECT_SOURCE_DIR}/coil/testing/main.cpp")
  if(NOT TARGET coil_testing OR NOT EXISTS "${main}")
    set(main "${PROJECT_SOURCE_DIR}/tests/doctest_main.cpp")
  endif()
  add_library(coil_test_main STATIC "${main}")
  target_link_libraries(coil_test_main PUBLIC doctest::doctest coil_base)
  if(TARGET coil_testing)
    target_link_libraries(coil_test_main PUBLIC coil_testing)
  endif()
  coil_developer_flags(coil_test_main)
endfunction()
