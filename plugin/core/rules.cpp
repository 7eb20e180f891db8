// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/advice.hpp>
#include <plugin/checks/compiler.hpp>
#include <plugin/checks/cost.hpp>
#include <plugin/checks/lifetime.hpp>
#include <plugin/checks/sendable.hpp>
#include <plugin/checks/stop_safety.hpp>
#include <plugin/checks/unawaited.hpp>
#include <plugin/core/rules.hpp>

namespace coil_check {

// One line per rule, by name: `tools/new_check.py` adds it.
// clang-format off
static const rule* const rules[] = {
    &advice,
    &compiler,
    &cost,
    &lifetime,
    &sendable,
    &stop_safety,
    &unawaited,
};
// clang-format on

llvm::ArrayRef<const rule*> all_rules() {
    return rules;
}

const rule* rule_named(llvm::StringRef name) {
    for (const rule* each : rules)
        if (each->name == name) return each;
    return nullptr;
}

}  // namespace coil_check
