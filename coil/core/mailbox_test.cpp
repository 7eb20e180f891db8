// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/mailbox.hpp>
#include <coil/testing/test.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace coil::testing;

namespace {

class counted_mailbox : public coil::mailbox {
public:
    std::atomic<int> notified = 0;

private:
    void notify() noexcept override { ++notified; }
};

struct message : coil::remote_message {
    message(words& to, std::string what)
        : remote_message([](remote_message& m) noexcept {
              auto& self = static_cast<message&>(m);
              self.log.push_back(self.text);
          }),
          log(to),
          text(std::move(what)) {}
    words& log;
    std::string text;
};

struct increment : coil::remote_message {
    explicit increment(int& to)
        : remote_message(
              [](remote_message& m) noexcept { ++static_cast<increment&>(m).sum; }),
          sum(to) {}
    int& sum;
};

}  // namespace

TEST_CASE("mailbox: delivers in the order of posting") {
    words log;
    counted_mailbox box;
    message a(log, "a");
    message b(log, "b");
    box.post(a);
    box.post(b);
    CHECK(log.empty());
    CHECK(box.drain());
    CHECK(log == words{"a", "b"});
    CHECK_FALSE(box.drain());
}

TEST_CASE("mailbox: notifies only who sleeps, and once") {
    words log;
    counted_mailbox box;
    message a(log, "a");
    box.post(a);
    CHECK(box.notified == 0);
    CHECK(box.drain());
    CHECK(box.try_sleep());
    message b(log, "b");
    message c(log, "c");
    box.post(b);
    box.post(c);
    CHECK(box.notified == 1);
    CHECK_FALSE(box.wake_up());  // a message came meanwhile
    CHECK(box.drain());
    CHECK(log == words{"a", "b", "c"});
}

TEST_CASE("mailbox: does not sleep on a message") {
    words log;
    counted_mailbox box;
    message a(log, "a");
    box.post(a);
    CHECK_FALSE(box.try_sleep());
    CHECK(box.drain());
}

TEST_CASE("mailbox: woken by something else it just goes on") {
    counted_mailbox box;
    CHECK(box.try_sleep());
    CHECK(box.wake_up());
    CHECK_FALSE(box.drain());
    CHECK(box.notified == 0);
}

TEST_CASE("mailbox: loses nothing that several threads post") {
    constexpr int thread_count = 4;
    constexpr int posts = 2000;
    int sum = 0;
    counted_mailbox box;
    std::vector<std::unique_ptr<increment>> messages;
    for (int i = 0; i < thread_count * posts; ++i)
        messages.push_back(std::make_unique<increment>(sum));
    std::vector<std::jthread> threads;
    for (int t = 0; t < thread_count; ++t) {
        threads.emplace_back([&box, &messages, t] {
            for (int i = 0; i < posts; ++i)
                box.post(*messages[static_cast<std::size_t>(t * posts + i)]);
        });
    }
    while (sum < thread_count * posts) {
        box.drain();
        if (box.try_sleep()) (void)box.wake_up();
    }
    CHECK(sum == thread_count * posts);
}
