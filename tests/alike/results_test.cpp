// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What becomes of a value on its way out.
#include "traced.hpp"

#include <initializer_list>
#include <memory>
#include <optional>
#include <variant>

using namespace alike;

namespace {

struct animal {
    virtual ~animal() = default;
    [[nodiscard]] virtual const char* sound() const { return "nothing"; }
};
struct dog : animal {
    [[nodiscard]] const char* sound() const override { return "woof"; }
};
/// Says how it was made.
struct made_from {
    const char* what;
    made_from(int) : what("a number") {}
    made_from(const char*) : what("a text") {}
    made_from(const dog&) : what("a dog") {}
};

animal& lend(sync_log& log, dog& owned) {
    step(log, "lend");
    return owned;
}
task<animal&> lend(async_log& log, dog& owned) {
    co_await step(log, "lend");
    co_return owned;
}
std::unique_ptr<animal> adopt(sync_log& log) {
    step(log, "adopt");
    return std::make_unique<dog>();
}
task<std::unique_ptr<animal>> adopt(async_log& log) {
    co_await step(log, "adopt");
    co_return std::make_unique<dog>();
}
template <class T>
made_from convert(sync_log& log, T from) {
    step(log, "convert");
    return from;
}
template <class T>
task<made_from> convert(async_log& log, T from) {
    co_await step(log, "convert");
    co_return from;
}
void conversions(sync_log& log) {
    dog rex;
    log(lend(log, rex).sound(), adopt(log)->sound());
    log(convert(log, 1).what, convert(log, "x").what, convert(log, rex).what);
    log(static_cast<const animal&>(rex).sound(), animal(lend(log, rex)).sound());
}
task<> conversions(async_log& log) {
    dog rex;
    log((co_await lend(log, rex)).sound(), (co_await adopt(log))->sound());
    log((co_await convert(log, 1)).what, (co_await convert(log, "x")).what,
        (co_await convert(log, rex)).what);
    log(static_cast<const animal&>(rex).sound(),
        animal(co_await lend(log, rex)).sound());
}
COIL_ALIKE_ON_CLANG("result: a return converts to what the function gives", conversions)

/// Like `std::vector`, it may be made of a number, if one says so.
struct amount {
    explicit amount(int) : how("explicitly") {}
    amount(long) : how("implicitly") {}
    const char* how;
};
amount five(sync_log& log) {
    step(log, "five");
    return 5;
}
task<amount> five(async_log& log) {
    co_await step(log, "five");
    co_return 5;
}
void explicit_constructors(sync_log& log) {
    log("made", five(log).how);
}
task<> explicit_constructors(async_log& log) {
    log("made", (co_await five(log)).how);
}
COIL_ALIKE("result: a return never uses an explicit constructor", explicit_constructors)

/// A value or why there is none.
using result = std::variant<int, std::string>;

result parse(sync_log& log, const std::string& text) {
    step(log, "parse");
    if (text.empty()) return "nothing to read";
    return static_cast<int>(text.size());
}
task<result> parse(async_log& log, const std::string& text) {
    co_await step(log, "parse");
    if (text.empty()) co_return "nothing to read";
    co_return static_cast<int>(text.size());
}
void variants(sync_log& log) {
    for (const char* text : {"abc", ""}) {
        std::visit([&log](const auto& held) { log("is", held); }, parse(log, text));
    }
}
task<> variants(async_log& log) {
    for (const char* text : {"abc", ""}) {
        std::visit([&log](const auto& held) { log("is", held); },
                   co_await parse(log, text));
    }
}
COIL_ALIKE("result: one of several is given and visited", variants)

template <class T>
std::optional<T> first_of(sync_log& log, std::initializer_list<T> all) {
    log("of", all.size());
    if (all.size() == 0) return {};
    return get(log, *all.begin());
}
template <class T>
task<std::optional<T>> first_of(async_log& log, std::initializer_list<T> all) {
    log("of", all.size());
    if (all.size() == 0) co_return {};
    co_return co_await get(log, *all.begin());
}
struct nothing {
    friend bool operator==(nothing, nothing) = default;
};
nothing do_nothing(sync_log& log) {
    step(log, "nothing");
    return {};
}
task<nothing> do_nothing(async_log& log) {
    co_await step(log, "nothing");
    co_return {};
}
void generic(sync_log& log) {
    const auto some = {3, 4};
    const auto found = first_of(log, some);
    log(found.value_or(0), first_of<int>(log, {}).value_or(-1));
    log(do_nothing(log) == nothing());
}
task<> generic(async_log& log) {
    const auto some = {3, 4};
    const auto found = co_await first_of(log, some);
    log(found.value_or(0), (co_await first_of<int>(log, {})).value_or(-1));
    log(co_await do_nothing(log) == nothing());
}
COIL_ALIKE("result: templates, empty braces and empty types", generic)

}  // namespace
