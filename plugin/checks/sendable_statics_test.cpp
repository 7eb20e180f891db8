// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// References to what the whole program shares, across an await.
#include <coil/core/core.hpp>

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

coil::task<int> load(int from);
void use(const auto&...) {}

static_assert(!coil::task<>::is_local);

class counted {
public:
    int read() const { return ++reads_; }

private:
    mutable int reads_ = 0;
};
class guarded {
public:
    int read() const;

private:
    mutable std::mutex mutex_;
    mutable int reads_ = 0;
};
class counted_well {
    mutable std::atomic<int> reads_ = 0;
};
struct says_not {
    int number = 0;
};
struct says_so {
    mutable int number = 0;
};
struct has_one {
    std::string name;
    counted inside;
};
template <>
inline constexpr bool coil::enable_shareable<says_not> = false;
template <>
inline constexpr bool coil::enable_shareable<says_so> = true;

namespace {

counted all;
const counted unchanged;
has_one whole;
std::vector<counted> many;
says_not not_for_all;
counted* first_of_many = nullptr;
guarded behind_a_mutex;
counted_well by_atomics;
says_so for_all;
int number = 0;
std::vector<std::string> names;
thread_local int of_this_thread = 0;

coil::task<> by_reference() {
    const counted& here = all;
    co_await load(1);  // expected-error {{'here' is used after this co_await}}
    use(here.read());
}
coil::task<> by_pointer() {
    auto* here = &unchanged;
    co_await load(1);  // expected-error {{refers to 'unchanged', which several}}
    use(here->read());
}
coil::task<> to_a_member() {
    auto& here = whole.inside;
    co_await load(1);  // expected-error {{'here' is used after this co_await}}
    use(here.read());
}
coil::task<> to_a_container() {
    auto& here = many;
    co_await load(1);  // expected-error {{'here' is used after this co_await}}
    use(here.size());
}
coil::task<> to_a_static() {
    static counted own;
    auto& here = own;
    co_await load(1);  // expected-error {{'here' is used after this co_await}}
    use(here.read());
}
coil::task<> to_what_says_so() {
    auto& here = not_for_all;
    co_await load(1);  // expected-error {{'here' is used after this co_await}}
    use(here.number);
}
coil::task<> to_one_of_a_thread() {
    auto& here = of_this_thread;
    co_await load(1);  // expected-error {{refers to this thread's 'of_this_thread'}}
    use(here);
}

// --- right ---

coil::task<> to_what_may_be_shared() {
    auto& guarded_one = behind_a_mutex;
    auto& counts = by_atomics;
    auto& said = for_all;
    auto& plain = number;
    auto& texts = names;
    auto& text = whole.name;
    co_await load(1);
    use(guarded_one.read(), counts, said, plain, texts, text);
}
coil::task<> to_what_a_pointer_points_to() {
    auto* here = first_of_many;
    first_of_many = nullptr;
    co_await load(1);
    use(here->read());
}
coil::task<> used_before() {
    const counted& here = all;
    use(here.read());
    co_await load(1);
}
coil::task<> to_its_own() {
    counted own;
    const counted& here = own;
    co_await load(1);
    use(here.read());
}
coil::local_task<> stays() {
    const counted& here = all;
    co_await load(1);
    use(here.read());
}
// Known gaps: each time it is named anew, and what a caller has lent.
coil::task<> by_its_name() {
    use(all.read());
    co_await load(1);
    use(all.read());
}
coil::task<> lent(const counted& here) {
    co_await load(1);
    use(here.read());
}

}  // namespace
