# coil_install()
#
# Headers, static libraries and what find_package(coil) reads.
include(CMakePackageConfigHelpers)

function(coil_install)
  get_property(layers GLOBAL PROPERTY coil_built_layers)
  list(TRANSFORM layers PREPEND coil_ OUTPUT_VARIABLE targets)
  set(package lib/cmake/coil)
  set(version_file "${PROJECT_BINARY_DIR}/coilConfigVersion.cmake")

  install(TARGETS coil ${targets} EXPORT coilTargets ARCHIVE DESTINATION lib)
  install(EXPORT coilTargets NAMESPACE coil:: DESTINATION ${package})
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/coil" DESTINATION include
          FILES_MATCHING PATTERN "*.hpp")
  write_basic_package_version_file("${version_file}" COMPATIBILITY SameMinorVersion)
  install(FILES "${PROJECT_SOURCE_DIR}/cmake/coilConfig.cmake"
          "${PROJECT_SOURCE_DIR}/cmake/coil_check.cmake"
          "${PROJECT_SOURCE_DIR}/cmake/coil_check_sources.cmake" "${version_file}"
          DESTINATION ${package})
endfunction()
