// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/options.hpp>
#include <plugin/core/rules.hpp>

#include <optional>

namespace coil_check {

namespace {

std::optional<level> level_named(llvm::StringRef word) {
    if (word == "off") return level::off;
    if (word == "warning") return level::warning;
    if (word == "error") return level::error;
    return std::nullopt;
}

std::string names_of_rules() {
    std::string names;
    for (const rule* each : all_rules()) names += " " + each->name.str();
    return names;
}

}  // namespace

std::string options::take(llvm::StringRef argument) {
    const auto [key, value] = argument.split('=');
    if (key == "future" && !value.empty()) {
        futures.push_back(value.str());
        return {};
    }
    if (argument == "system-headers") {
        looks_into_system = true;
        return {};
    }
    if (key == "frame-budget") {
        const bool is_wrong = value.getAsInteger(10, frame_budget) || frame_budget == 0;
        return is_wrong ? "'" + argument.str() + "' needs a number of bytes" : "";
    }
    const bool is_rule = key == "all" || rule_named(key) != nullptr;
    const auto chosen = level_named(value);
    if (!is_rule)
        return "no rule is called '" + key.str() + "'; there are" + names_of_rules();
    if (!chosen) return "'" + argument.str() + "' needs =error, =warning or =off";
    if (key != "all") {
        levels[key] = *chosen;
        return {};
    }
    for (const rule* each : all_rules()) levels[each->name] = *chosen;
    return {};
}

}  // namespace coil_check
