# coil_component(<name> [SOURCE] [TEST] [BENCH] [FUZZ])
#
# One line of a layer's inventory: which files stand beside <name>.hpp.
#   SOURCE  <name>.cpp        part of the layer's target
#   TEST    <name>_test.cpp   part of coil_<layer>_test
#   BENCH   <name>_bench.cpp  the program coil_<layer>_<name>_bench
#   FUZZ    <name>_fuzz.cpp   the libFuzzer program coil_<layer>_<name>_fuzz
function(coil_component name)
  cmake_parse_arguments(arg "SOURCE;TEST;BENCH;FUZZ" "" "" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "coil_component(${name}): what is '${arg_UNPARSED_ARGUMENTS}'?")
  endif()
  get_property(layer DIRECTORY PROPERTY coil_layer)
  set(stem "${CMAKE_CURRENT_SOURCE_DIR}/${name}")
  if(arg_SOURCE)
    set_property(DIRECTORY APPEND PROPERTY coil_sources "${stem}.cpp")
  endif()
  if(arg_TEST)
    set_property(GLOBAL APPEND PROPERTY coil_${layer}_test_sources "${stem}_test.cpp")
  endif()
  if(arg_BENCH)
    set_property(GLOBAL APPEND PROPERTY coil_bench_sources "${stem}_bench.cpp")
  endif()
  if(arg_FUZZ)
    set_property(GLOBAL APPEND PROPERTY coil_fuzz_sources "${stem}_fuzz.cpp")
  endif()
endfunction()
