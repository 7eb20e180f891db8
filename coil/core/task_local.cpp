// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/task_local.hpp>

namespace coil::detail {

const piece_ops value_scope::table = {nullptr, nullptr, "with_value"};

namespace {
/// Whether they always run on the same thread.
bool are_together(const strand& one, const strand& other) noexcept {
    return !one.is_parallel() && !other.is_parallel() &&
           &one.runs_on() == &other.runs_on();
}
}  // namespace

const void* value_scope::find(const void* key, const context& from,
                              bool stays) noexcept {
    const strand& here = from.home();
    for (const context* at = &from; at != nullptr; at = at->around(here)) {
        if (stays && &at->home() != &here && !are_together(here, at->home())) break;
        if (&at->ops() != &table) continue;
        const auto& found = static_cast<const value_scope&>(*at);
        if (found.key_ == key) return found.value_;
    }
    return nullptr;
}

}  // namespace coil::detail
