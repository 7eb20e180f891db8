# Sets COIL_HAS_LIBURING, unless COIL_URING is off.
find_path(COIL_LIBURING_HEADER liburing.h)
find_library(COIL_LIBURING uring)
if(COIL_URING AND COIL_LIBURING_HEADER AND COIL_LIBURING)
  set(COIL_HAS_LIBURING TRUE)
else()
  message(STATUS "coil: without liburing, so runtimes know epoll only")
endif()
