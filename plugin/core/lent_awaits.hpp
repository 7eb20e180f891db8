// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil_check {

class body;
class report;

/// Says where a view, a reference or a pointer is initialized to refer to what an await
/// gave, a temporary that is gone at the end of the statement, and is used after that:
/// `std::string_view word = first_word(co_await read_line());`
void check_lent_awaits(const body& in, report& to);

}  // namespace coil_check
