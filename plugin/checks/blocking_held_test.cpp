// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Types that ask not to be held across an await.
#include <coil/core/core.hpp>
#include <coil/stream/generator.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

coil::task<> wait();

namespace {

class COIL_NOT_ACROSS_AWAIT
    short_guard {  // expected-note 0+ {{is marked COIL_NOT_ACROSS_AWAIT}}
public:
    explicit short_guard(int& counted) : counted_(&counted) { ++*counted_; }
    short_guard(short_guard&& other) noexcept
        : counted_(std::exchange(other.counted_, nullptr)) {}
    short_guard& operator=(short_guard&&) = delete;
    ~short_guard() {
        if (counted_ != nullptr) --*counted_;
    }

private:
    int* counted_;
};
struct has_one {
    int before = 0;
    short_guard guard;
};
struct is_one : short_guard {
    using short_guard::short_guard;
};

coil::task<> local(int& count) {
    short_guard guard(count);  // expected-note {{it is this one}}
    co_await wait();  // expected-warning {{'guard' is held while 'local' waits here}}
}
coil::local_task<> stays(int& count) {
    short_guard guard(count);  // expected-note {{it is this one}}
    co_await wait();           // expected-warning {{'guard' is held}}
}
coil::task<> part(int& count) {
    has_one whole{1, short_guard(count)};  // expected-note {{it is this one}}
    co_await wait();                       // expected-warning {{'whole' is held}}
}
coil::task<> derived(int& count) {
    is_one guard(count);  // expected-note {{it is this one}}
    co_await wait();      // expected-warning {{'guard' is held}}
}
coil::task<> in_an_optional(int& count) {
    // expected-note@+1 {{it is this one}}
    std::optional<short_guard> guard(std::in_place, count);
    co_await wait();  // expected-warning {{'guard' is held}}
}
coil::task<> in_a_vector(int& count) {
    std::vector<std::pair<int, std::unique_ptr<short_guard>>>
        all;  // expected-note {{it is this one}}
    all.emplace_back(1, std::make_unique<short_guard>(count));
    co_await wait();  // expected-warning {{'all' is held}}
}
coil::generator<int> yields(int& count) {
    short_guard guard(count);  // expected-note {{it is this one}}
    co_yield 1;                // expected-warning {{'guard' is held}}
}
coil::task<> parameter(short_guard guard) {  // expected-note {{it is this one}}
    co_await wait();  // expected-warning {{parameter 'guard' is held}}
}

// --- right ---

coil::task<> ended_before(int& count) {
    { short_guard guard(count); }
    co_await wait();
}
coil::task<> reset_before(int& count) {
    std::optional<short_guard> guard(std::in_place, count);
    guard.reset();
    co_await wait();
}
coil::task<> made_after(int& count) {
    co_await wait();
    short_guard guard(count);
}
coil::task<> lent(short_guard& guard) {
    co_await wait();
    (void)guard;
}
void no_coroutine(short_guard guard) {
    (void)guard;
}

}  // namespace
