// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/leaf.hpp>

namespace coil {

namespace {
std::coroutine_handle<> unwind_parent(piece& stopped) noexcept {
    const auto& ended = static_cast<const leaf&>(stopped);
    ended.home().unwind(ended.parent());
    return {};
}
constexpr piece_ops stopped_table = {&unwind_parent, nullptr, "stopped"};
}  // namespace

void leaf::complete_stopped() noexcept {
    set_ops(stopped_table);
    complete();
}

}  // namespace coil
