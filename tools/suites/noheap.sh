# Tasks, a timer and a channel in a program without a heap.
prepare() {
    [ -f tests/noheap/two_tasks.cpp ] || not_here "tests/noheap/two_tasks.cpp is not there yet"
    build_preset noexcept coil_noheap
}
inputs() { printf '%s\0' build/noexcept/tests/noheap/coil_noheap tests/noheap/has_no_heap.sh; }
check() { bash tests/noheap/has_no_heap.sh build/noexcept/tests/noheap/coil_noheap; }
