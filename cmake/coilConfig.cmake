include("${CMAKE_CURRENT_LIST_DIR}/coilTargets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/coil_check.cmake")

# Where coil was built with liburing, programs link it, too.
get_target_property(coil_links coil::runtime INTERFACE_LINK_LIBRARIES)
if("uring" IN_LIST coil_links)
  find_library(COIL_LIBURING uring)
  if(NOT COIL_LIBURING)
    set(coil_FOUND FALSE)
    set(coil_NOT_FOUND_MESSAGE
        "coil was built with liburing, which is not here; on Debian, install liburing-dev")
  endif()
endif()
unset(coil_links)
