// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Member functions, overloads and dispatch.
#include "traced.hpp"

#include <functional>
#include <memory>
#include <vector>

using namespace alike;

namespace {

class account {
public:
    explicit account(int balance) : balance_(balance) {}

    void deposit(sync_log& log, int amount) { balance_ += get(log, amount); }
    task<> deposit(async_log& log, int amount) {
        balance_ += co_await get(log, amount);
    }

    bool withdraw(sync_log& log, int amount) {
        const bool is_covered = get(log, amount) <= balance_;
        if (is_covered) balance_ -= amount;
        return is_covered;
    }
    task<bool> withdraw(async_log& log, int amount) {
        const bool is_covered = co_await get(log, amount) <= balance_;
        if (is_covered) balance_ -= amount;
        co_return is_covered;
    }

    void transfer(sync_log& log, account& to, int amount) {
        if (withdraw(log, amount)) to.deposit(log, amount);
    }
    task<> transfer(async_log& log, account& to, int amount) {
        if (co_await withdraw(log, amount)) co_await to.deposit(log, amount);
    }

    [[nodiscard]] int balance() const { return balance_; }

private:
    int balance_;
};

void member_functions(sync_log& log) {
    account mine(100);
    account yours(0);
    mine.transfer(log, yours, 70);
    mine.transfer(log, yours, 70);
    mine.transfer(log, mine, 10);
    log("are", mine.balance(), yours.balance());
}
task<> member_functions(async_log& log) {
    account mine(100);
    account yours(0);
    co_await mine.transfer(log, yours, 70);
    co_await mine.transfer(log, yours, 70);
    co_await mine.transfer(log, mine, 10);
    log("are", mine.balance(), yours.balance());
}
COIL_ALIKE("member: functions change their object", member_functions)

struct shape {
    virtual ~shape() = default;
    virtual int area(sync_log& log) const { return get(log, 0); }
    virtual task<int> area(async_log& log) const { co_return co_await get(log, 0); }
    int twice(sync_log& log) const { return 2 * area(log); }
    task<int> twice(async_log& log) const { co_return 2 * co_await area(log); }
};
struct square final : shape {
    explicit square(int length) : side(length) {}
    int area(sync_log& log) const override { return get(log, side * side); }
    task<int> area(async_log& log) const override {
        co_return co_await get(log, side * side);
    }
    int side;
};
struct odd : shape {
    int area(sync_log& log) const override { return shape::area(log) + get(log, 1); }
    task<int> area(async_log& log) const override {
        const int whole = co_await shape::area(log);
        co_return whole + co_await get(log, 1);
    }
};

std::vector<std::unique_ptr<shape>> all_shapes() {
    std::vector<std::unique_ptr<shape>> all;
    all.push_back(std::make_unique<square>(3));
    all.push_back(std::make_unique<odd>());
    all.push_back(std::make_unique<shape>());
    return all;
}
void virtual_functions(sync_log& log) {
    for (const auto& each : all_shapes()) log("has", each->area(log), each->twice(log));
}
task<> virtual_functions(async_log& log) {
    const auto all = all_shapes();
    for (const auto& each : all) {
        const int area = co_await each->area(log);
        log("has", area, co_await each->twice(log));
    }
}
COIL_ALIKE_ON_CLANG("member: virtual functions, and a base's from its override",
                    virtual_functions)

/// Says how it is called.
struct qualified {
    const char* self(sync_log& log) & { return told(log, "&"); }
    const char* self(sync_log& log) const& { return told(log, "const&"); }
    const char* self(sync_log& log) && { return told(log, "&&"); }
    task<const char*> self(async_log& log) & { return told(log, "&"); }
    task<const char*> self(async_log& log) const& { return told(log, "const&"); }
    task<const char*> self(async_log& log) && { return told(log, "&&"); }

    static const char* told(sync_log& log, const char* how) { return get(log, how); }
    static task<const char*> told(async_log& log, const char* how) {
        return get(log, how);
    }
};
void qualifiers(sync_log& log) {
    qualified object;
    const qualified constant;
    log(object.self(log));
    log(constant.self(log));
    log(std::as_const(object).self(log));
    log(std::move(object).self(log));
    log(qualified().self(log));
}
task<> qualifiers(async_log& log) {
    qualified object;
    const qualified constant;
    log(co_await object.self(log));
    log(co_await constant.self(log));
    log(co_await std::as_const(object).self(log));
    log(co_await std::move(object).self(log));
    log(co_await qualified().self(log));
}
COIL_ALIKE("member: const and reference qualifiers choose", qualifiers)

void show(sync_log& log, int) {
    step(log, "int");
}
void show(sync_log& log, double) {
    step(log, "double");
}
void show(sync_log& log, const std::string&) {
    step(log, "string");
}
void show(sync_log& log, std::string&&) {
    step(log, "string&&");
}
template <class T>
void show(sync_log& log, T*) {
    step(log, "pointer");
}
task<> show(async_log& log, int) {
    co_await step(log, "int");
}
task<> show(async_log& log, double) {
    co_await step(log, "double");
}
task<> show(async_log& log, const std::string&) {
    co_await step(log, "string");
}
task<> show(async_log& log, std::string&&) {
    co_await step(log, "string&&");
}
template <class T>
task<> show(async_log& log, T*) {
    co_await step(log, "pointer");
}
void overloads(sync_log& log) {
    std::string text = "text";
    show(log, 'c');
    show(log, 1.5F);
    show(log, text);
    show(log, std::move(text));
    show(log, &text);
    show(log, get(log, 1));
}
task<> overloads(async_log& log) {
    std::string text = "text";
    co_await show(log, 'c');
    co_await show(log, 1.5F);
    co_await show(log, text);
    co_await show(log, std::move(text));
    co_await show(log, &text);
    co_await show(log, co_await get(log, 1));
}
COIL_ALIKE("member: overloads are chosen by what is given", overloads)

/// Called like a function; what it refers to by `this` changes.
struct counter {
    int count = 0;
    int operator()(sync_log& log, int by) {
        count += get(log, by);
        return count;
    }
    task<int> operator()(async_log& log, int by) {
        count += co_await get(log, by);
        co_return count;
    }
    int operator[](int index) const { return count + index; }
};
void call_operators(sync_log& log) {
    counter counts;
    counter copied = counts;
    log("is", counts(log, 2));
    log("is", counts(log, 3));
    log("is", copied(log, 1), counts[10]);
    int (counter::* const by_pointer)(sync_log&, int) = &counter::operator();
    log("is", (counts.*by_pointer)(log, 4));
    log("is", std::invoke(by_pointer, &copied, log, 5));
}
task<> call_operators(async_log& log) {
    counter counts;
    counter copied = counts;
    log("is", co_await counts(log, 2));
    log("is", co_await counts(log, 3));
    log("is", co_await copied(log, 1), counts[10]);
    task<int> (counter::* const by_pointer)(async_log&, int) = &counter::operator();
    log("is", co_await (counts.*by_pointer)(log, 4));
    log("is", co_await std::invoke(by_pointer, &copied, log, 5));
}
COIL_ALIKE("member: call operators and pointers to members", call_operators)

/// Static dispatch: the base calls what the derived class defines.
template <class Derived>
struct visits_all {
    int visit_all(sync_log& log) {
        int sum = 0;
        for (int i = 1; i <= 3; ++i) sum += static_cast<Derived&>(*this).visit(log, i);
        return sum;
    }
    task<int> visit_all(async_log& log) {
        int sum = 0;
        for (int i = 1; i <= 3; ++i)
            sum += co_await static_cast<Derived&>(*this).visit(log, i);
        co_return sum;
    }
};
struct squares : visits_all<squares> {
    static int visit(sync_log& log, int n) { return get(log, n * n); }
    static task<int> visit(async_log& log, int n) { return get(log, n * n); }
};
struct stops_at : visits_all<stops_at> {
    explicit stops_at(int number) : last(number) {}
    int visit(sync_log& log, int n) { return n > last ? 0 : get(log, n); }
    task<int> visit(async_log& log, int n) {
        if (n > last) co_return 0;
        co_return co_await get(log, n);
    }
    int last;
};
void static_dispatch(sync_log& log) {
    log("is", squares().visit_all(log));
    log("is", stops_at(2).visit_all(log));
}
task<> static_dispatch(async_log& log) {
    log("is", co_await squares().visit_all(log));
    log("is", co_await stops_at(2).visit_all(log));
}
COIL_ALIKE("member: a base calls its derived class, known when compiled",
           static_dispatch)

void on_temporaries(sync_log& log) {
    struct speaker {
        traced name;
        int speak(sync_log& to) const {
            step(to, name.name().c_str());
            return name.size();
        }
    };
    log("is", speaker{make(log, "temporary")}.speak(log));
    log("is", std::make_unique<speaker>(speaker{traced(log, "held")})->speak(log));
}
task<> on_temporaries(async_log& log) {
    struct speaker {
        traced name;
        task<int> speak(async_log& to) const {
            co_await step(to, name.name().c_str());
            co_return name.size();
        }
    };
    log("is", co_await speaker{co_await make(log, "temporary")}.speak(log));
    log("is",
        co_await std::make_unique<speaker>(speaker{traced(log, "held")})->speak(log));
}
COIL_ALIKE("member: an object that is a temporary outlives the call", on_temporaries)

}  // namespace
