# coil_developer_flags(<target>)
#
# What our own builds ask of the compiler beyond what users need: every warning,
# as an error, and file names that do not depend on where the tree lies.
function(coil_developer_flags target)
  if(NOT COIL_DEVELOPER)
    return()
  endif()
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
    # What coil-check is told in tests.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-attributes=gsl::>
    "-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=")
endfunction()
