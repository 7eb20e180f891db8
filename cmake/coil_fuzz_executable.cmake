# coil_fuzz_executable(<name> SOURCES <file>... LINK <target>...)
#
# A libFuzzer program, in builds that are instrumented for it: the preset `fuzz`, where
# the target `fuzzers` builds them all. Its seeds are in tests/corpus/<name>.txt, its
# dictionary, if it has one, in tests/corpus/<name>.dict.
function(coil_fuzz_executable name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  if(NOT COIL_FUZZ)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  coil_developer_flags(${name})
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers)
  endif()
  add_dependencies(fuzzers ${name})
endfunction()
