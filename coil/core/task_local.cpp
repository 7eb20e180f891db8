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

// What it reads of another strand does not change while that waits for this one: where
// contexts that began to be are nested, and what they are. Those that move do change.
const void* value_scope::find(const void* key, const context& from,
                              bool stays) noexcept {
    const strand& here = from.home();
    for (const context* at = &from; at != nullptr;) {
        const strand& home = at->home();
        if (&at->ops() == &table) {
            const auto& found = static_cast<const value_scope&>(*at);
            if (found.key_ == key) return found.value_;
        }
        const context* const outer =
            at->moves() && &home != &here ? nullptr : at->outer();
        if (outer != nullptr) {
            at = outer;
            continue;
        }
        at = home.inherits_from();
        if (at != nullptr && stays && !are_together(here, at->home())) return nullptr;
    }
    return nullptr;
}

}  // namespace coil::detail
