// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is used after it was moved into a future, or into what is spawned.
#include <coil/core/core.hpp>
#include <coil/sync/channel.hpp>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

class connection {
public:
    connection(connection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    connection& operator=(connection&& other) noexcept;
    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    void reopen();

private:
    int fd_ = -1;
};
struct job {
    int id = 0;
    std::string text;
    int number() const { return id; }
    const std::string& name() const { return text; }
};
struct listener {
    coil::task<std::optional<connection>> next();
    coil::task<std::string> read_line();
};
coil::task<> echo(connection peer);
coil::task<> take(std::string text);
coil::task<> take_two(std::string text, std::size_t size);
coil::task<> take_size(std::size_t size, std::string text);
coil::task<> take_pointer(std::unique_ptr<job> one);
coil::task<> take_shared(std::shared_ptr<job> one);
coil::task<> take_all(std::vector<job> all);
coil::task<> run(job one);
coil::task<> refer_to(std::string&& text);
coil::task<> work();
bool is_late();
void use(const std::string& text);
void use(int number);
void use(const job& one);
void show(std::string_view text);
void fill(std::string& text);

coil::task<> asks_whom_it_has_given(coil::group& g, listener& all) {
    while (auto peer = co_await all.next()) {
        g.spawn(echo(std::move(*peer)));
        use(peer->fd());  // expected-error {{what 'peer' holds is used here, after}}
    }
}
coil::task<> asks_before(coil::group& g, listener& all) {
    while (auto peer = co_await all.next()) {
        use(peer->fd());
        g.spawn(echo(std::move(*peer)));
    }
}
coil::task<> asks_whether_there_is_one(coil::group& g, std::optional<connection> peer) {
    if (peer) g.spawn(echo(std::move(*peer)));
    if (peer) use(1);
    peer.reset();
    co_return;
}
coil::task<> has_another(coil::group& g, listener& all,
                         std::optional<connection> peer) {
    g.spawn(echo(std::move(*peer)));
    peer = co_await all.next();
    use(peer->fd());
}

// The whole object.

coil::task<> shows_it(coil::group& g, std::string name) {
    g.spawn(take(std::move(name)));
    use(name);  // expected-error {{'name' is used here, after}}
    co_return;
}
coil::task<> shows_it_as_a_view(std::string name) {
    co_await take(std::move(name));
    show(name);  // expected-error {{'name' is used here, after}}
}
coil::task<> copies_it(std::string name) {
    co_await take(std::move(name));
    auto copy = name;  // expected-error {{'name' is used here, after}}
    use(copy);
}
coil::task<> counts_it(std::string name) {
    co_await take(std::move(name));
    use(int(name.size()));  // expected-error {{'name' is used here, after}}
}
coil::task<> sends_it(coil::channel<std::string>& to, std::string name) {
    co_await to.send(std::move(name));
    use(name);  // expected-error {{'name' is used here, after}}
}
coil::task<> sends_twice(coil::channel<std::string>& to, std::string name) {
    co_await to.send(std::move(name));
    co_await to.send(std::move(name));  // expected-error {{'name' is used here, after}}
}
coil::task<> follows_a_pointer(std::unique_ptr<job> one) {
    co_await take_pointer(std::move(one));
    use(one->id);  // expected-error {{'one' is used here, after}}
}
coil::task<> captures_it(coil::group& g, std::string name) {
    g.spawn(coil::call_once([text = std::move(name)]() -> coil::task<> {
        co_await work();
        use(text);
    }));
    use(name);  // expected-error {{'name' is used here, after}}
    co_return;
}
coil::task<> gives_a_member(job one) {
    co_await take(std::move(one.text));
    use(one.id);
    use(one.text);  // expected-error {{'text' is used here, after}}
}
coil::task<> uses_it_when_it_failed(std::string name) {
    try {
        co_await take(std::move(name));
    } catch (...) {
        use(name);  // expected-error {{'name' is used here, after}}
    }
}
coil::task<> may_have_given_it(std::string name) {
    if (is_late()) co_await take(std::move(name));
    use(name);  // expected-error {{'name' is used here, after}}
}
coil::task<> shows_a_connection(connection peer) {
    co_await echo(std::move(peer));
    use(peer.fd());  // expected-error {{'peer' is used here, after}}
}
coil::task<> shows_a_job(job one) {
    co_await run(std::move(one));
    use(one.name());  // expected-error {{'one' is used here, after}}
}
coil::task<> lists_them(std::vector<job> all) {
    co_await take_all(std::move(all));
    for (auto& each : all) use(each);  // expected-error {{'all' is used here, after}}
}
coil::task<> take_over(std::string&& text) {
    std::string own = std::move(text);
    use(own);
    co_return;
}
coil::task<> take_over_at_times(std::string&& text) {
    if (is_late()) co_await take(std::move(text));
}
coil::task<> gives_what_is_taken_over(std::string name) {
    co_await take_over(std::move(name));
    use(name);  // expected-error {{'name' is used here, after}}
}
coil::task<> gives_what_may_be_taken_over(std::string name) {
    co_await take_over_at_times(std::move(name));
    use(name);
}
class holder {
public:
    coil::task<> give(coil::group& g) {
        g.spawn(take(std::move(name_)));
        use(name_);  // expected-error {{'name_' is used here, after}}
        co_return;
    }
    coil::task<> give_and_wait() {
        co_await take(std::move(name_));
        use(name_);  // others may have set it
    }
    coil::task<> give_and_set(coil::group& g) {
        g.spawn(take(std::move(name_)));
        set();
        use(name_);
        co_return;
    }

private:
    void set();
    std::string name_;
};

// Right: it has a value again, or what is used is still there.

coil::task<> has_a_value_again(std::string name) {
    co_await take(std::move(name));
    name = "Ada";
    use(name);
    co_await take(std::move(name));
    name.clear();
    use(name);
    co_await take(std::move(name));
    fill(name);
    use(name);
    co_await take(std::move(name));
    name += "more";
    use(name);
}
coil::task<std::string> replaced(std::string name);
coil::task<> has_it_back(std::string name) {
    name = co_await replaced(std::move(name));
    use(name);
}
coil::task<> uses_it_elsewhere(coil::group& g, std::string name) {
    if (is_late()) {
        g.spawn(take(std::move(name)));
    } else {
        use(name);
    }
    co_return;
}
coil::task<> decides_twice(coil::group& g, std::string name, bool gives) {
    if (gives) g.spawn(take(std::move(name)));
    if (!gives) use(name);
    co_return;
}
coil::task<> has_left(coil::group& g, std::string name) {
    if (is_late()) {
        g.spawn(take(std::move(name)));
        co_return;
    }
    use(name);
}
coil::task<> gives_it_to_the_first(std::vector<coil::group*> all, std::string name) {
    bool is_given = false;
    for (auto* each : all) {
        if (!is_late()) continue;
        each->spawn(take(std::move(name)));
        is_given = true;
        break;
    }
    if (!is_given) use(name);
    co_return;
}
coil::task<> asks_for_a_number(job one) {
    co_await run(std::move(one));
    use(one.id);
    use(one.number());
}
coil::task<> asks_whether_it_is_open(connection peer) {
    co_await echo(std::move(peer));
    if (!peer.is_open()) peer.reopen();
    use(peer.fd());
}
coil::task<> asks_whether_it_is_there(std::shared_ptr<job> one) {
    co_await take_shared(std::move(one));
    if (one) use(one->id);
    if (one == nullptr) one = std::make_shared<job>();
    use(one->id);
}
coil::task<> gives_a_copy(std::string name) {
    co_await take(name);
    use(name);
}
coil::task<> gives_a_reference(std::string name) {
    co_await refer_to(std::move(name));
    use(name);
}
coil::task<> keeps_a_number(int number) {
    co_await take_size(std::move(number), "");
    use(number);
}
coil::task<> fills_a_batch(coil::group& g, listener& from) {
    std::vector<job> batch;
    for (;;) {
        batch.push_back({1, co_await from.read_line()});
        if (batch.size() < 3) continue;
        g.spawn(take_all(std::move(batch)));
    }
}
coil::task<> gives_what_is_left(coil::group& g, std::vector<job> batch) {
    if (batch.size() > 3) g.spawn(take_all(std::move(batch)));
    if (!batch.empty()) g.spawn(take_all(std::move(batch)));
    co_return;
}

coil::task<> fills_it_by_a_lambda(coil::group& g, std::string name) {
    const auto refill = [&] { name = "Ada"; };
    g.spawn(take(std::move(name)));
    refill();
    use(name);
    co_return;
}
struct reader {
    coil::task<bool> next();
    std::string& into;
};
coil::task<> fills_it_by_a_reader(coil::group& g, std::string line) {
    reader from{line};
    while (co_await from.next()) g.spawn(take(std::move(line)));
}
coil::task<> fills_it_by_a_tie(std::string name) {
    int number = 0;
    std::tie(name, number) = std::pair(co_await replaced(std::move(name)), 1);
    use(name);
}
coil::task<> gives_one_of_two(coil::group& g, std::string name, bool gives) {
    g.spawn(gives ? take(std::move(name)) : take(name));
    co_return;
}
coil::task<> goes_through_states(coil::group& g, std::string name, int state) {
    for (;;) {
        switch (state) {
            case 0:
                state = 2;
                g.spawn(take(std::move(name)));
                break;
            case 1: use(name); break;
            default: co_await work(); state = 1;
        }
    }
}
coil::task<> asks_a_variant(std::variant<int, std::string> one);
coil::task<> knows_its_kind(std::variant<int, std::string> one) {
    co_await asks_a_variant(std::move(one));
    if (std::holds_alternative<int>(one)) use(one.index() == 0 ? 1 : 2);
}

// In a loop.

coil::task<> gives_it_in_each_round(coil::group& g, std::string name) {
    for (int i = 0; i < 3; ++i)
        // expected-error@+1 {{'name' was moved into 'take' in the round}}
        g.spawn(take(std::move(name)));
    co_return;
}
coil::task<> tries_again(std::string name) {
    for (int i = 0; i < 3; ++i) {
        use(name);  // expected-error {{'name' was moved into 'take' in the round}}
        co_await take(std::move(name));
    }
}
coil::task<> reads_one_in_each_round(coil::group& g, listener& from) {
    std::string line;
    while (!(line = co_await from.read_line()).empty()) g.spawn(take(std::move(line)));
}
coil::task<> copies_for_all_but_the_last(coil::group& g, std::string name) {
    for (int i = 0; i < 3; ++i) {
        if (i < 2) {
            g.spawn(take(name));
        } else {
            g.spawn(take(std::move(name)));
        }
    }
    co_return;
}
coil::task<> gives_it_in_one_round(coil::group& g, std::string name) {
    for (int i = 0; i < 3; ++i) {
        if (i < 2) continue;
        g.spawn(take(std::move(name)));
    }
    co_return;
}
coil::task<bool> try_take(std::string text);
coil::task<> tries_until_it_is_taken(std::string name) {
    for (;;) {
        // expected-error@+1 {{'name' was moved into 'try_take' in the round}}
        if (co_await try_take(std::move(name))) break;
    }
}
coil::task<> refills_what_was_given(coil::group& g, std::string name) {
    bool is_given = false;
    if (is_late()) {
        g.spawn(take(std::move(name)));
        is_given = true;
    }
    if (is_given) name = "Ada";
    use(name);
    co_return;
}
coil::task<> gives_each(coil::group& g, std::vector<std::string> all) {
    for (auto& each : all) g.spawn(take(std::move(each)));
    for (std::size_t i = 0; i < all.size(); ++i) g.spawn(take(std::move(all[i])));
    for (auto each = all.begin(); each != all.end(); ++each)
        g.spawn(take(std::move(*each)));
    co_return;
}
coil::task<> tries_until_it_went_well(std::string name) {
    for (;;) {
        try {
            co_await take(name);
            co_return;
        } catch (...) {}
    }
}

// In one call.

coil::task<> counts_beside(coil::group& g, std::string name) {
    // expected-error@+1 {{'name' is used here and moved into}}
    g.spawn(take_two(std::move(name), name.size()));
    co_return;
}
coil::task<> counts_in_front(std::string name) {
    // expected-error@+1 {{'name' is used here and moved into}}
    co_await take_size(name.size(), std::move(name));
}
coil::task<> counts_before(std::string name) {
    const auto size = name.size();
    co_await take_two(std::move(name), size);
}
coil::task<> counts_in_order(coil::group& g, std::string name) {
    g.spawn(coil::call_once(
        [size = name.size(), text = std::move(name)] { return take_two(text, size); }));
    co_return;
}
struct server {
    coil::task<> run(std::shared_ptr<server> self);
    std::shared_ptr<server> next;
};
coil::task<> runs_on_what_is_given(coil::group& g, std::shared_ptr<server> one) {
    g.spawn(one->run(std::move(one)));
    co_return;
}

// Not seen: what is moved when the future runs; what the object of one's own says that
// cannot be seen, or that is not const.

coil::task<> refers_to_it(coil::group& g, connection peer) {
    g.spawn(echo(std::move(peer)));
    peer.reopen();
    co_return;
}
