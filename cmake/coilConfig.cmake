include("${CMAKE_CURRENT_LIST_DIR}/coilTargets.cmake")
