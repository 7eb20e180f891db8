// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>

// Durations, points in time, clocks and the literals: what coil's interfaces need of
// <chrono>. libstdc++ keeps them apart from calendars and time zones, which cost each
// file that sees them 0.2 s of compile time; who wants those includes <chrono>.
#if defined(__GLIBCXX__) && __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif
