// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil_check {

class body;
class report;

/// Says where a function returns, inside of something else, what refers to its own: a
/// closure that gives futures, in its variable, a std::function or a struct; a future
/// or a stream in a struct, a container or a smart pointer.
void check_returned_parts(const body& in, report& to);

}  // namespace coil_check
