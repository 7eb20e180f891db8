# coil_finish_tests()
#
# Turns what the coil_component() lines collected into programs. It runs after
# the last layer, because the tests of every layer use the test kit, which
# stands above them.
function(coil_finish_tests)
  get_property(layers GLOBAL PROPERTY coil_built_layers)
  foreach(layer IN LISTS layers)
    get_property(sources GLOBAL PROPERTY coil_${layer}_test_sources)
    if(sources)
      coil_test_executable(coil_${layer}_test
        LABEL unit SOURCES ${sources} LINK coil_${layer})
    endif()
  endforeach()
  coil_finish_programs(bench "-O2" "")
  coil_finish_programs(fuzz "-fsanitize=fuzzer,address" "-fsanitize=fuzzer,address")
endfunction()

# Benchmarks and fuzzers are programs of their own, built only when asked for.
function(coil_finish_programs kind compile_options link_options)
  get_property(sources GLOBAL PROPERTY coil_${kind}_sources)
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM stem)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME layer)
    set(target coil_${layer}_${stem})
    add_executable(${target} EXCLUDE_FROM_ALL "${source}")
    target_link_libraries(${target} PRIVATE coil)
    target_compile_options(${target} PRIVATE ${compile_options})
    target_link_options(${target} PRIVATE ${link_options})
    coil_developer_flags(${target})
  endforeach()
endfunction()
