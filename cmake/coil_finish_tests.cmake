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
  get_property(sources GLOBAL PROPERTY coil_fuzz_sources)
  foreach(source IN LISTS sources)
    coil_program_name(name "${source}")
    coil_fuzz_executable(${name} SOURCES "${source}" LINK coil)
  endforeach()
  # Benchmarks are programs of their own, built only when asked for.
  get_property(sources GLOBAL PROPERTY coil_bench_sources)
  foreach(source IN LISTS sources)
    coil_program_name(name "${source}")
    add_executable(${name} EXCLUDE_FROM_ALL "${source}")
    target_link_libraries(${name} PRIVATE coil)
    target_compile_options(${name} PRIVATE -O2)
    coil_developer_flags(${name})
  endforeach()
endfunction()

# coil/<layer>/<stem>.cpp becomes coil_<layer>_<stem>.
function(coil_program_name result source)
  cmake_path(GET source STEM stem)
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder FILENAME layer)
  set(${result} coil_${layer}_${stem} PARENT_SCOPE)
endfunction()
