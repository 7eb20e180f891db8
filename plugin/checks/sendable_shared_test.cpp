// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What children share without a lock that run on several threads, as main shows.
#include <coil/coil.hpp>

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

using coil::task;

task<int> load(int from);

namespace {

task<> visit(std::string url, std::unordered_set<std::string>& titles) {
    co_await coil::yield_now();
    titles.insert(std::move(url));
}
task<> crawl(std::vector<std::string> urls) {
    std::unordered_set<std::string> titles;
    co_await coil::with_group([&](coil::group& group) {
        for (std::string& url : urls)
            // expected-error@+1 {{several threads change 'titles'}}
            group.spawn(visit(std::move(url), titles));
    });
}

task<> add(int& sum, int number) {
    co_await coil::yield_now();
    sum += number;
}
void add_to(int& sum) {
    ++sum;
}
task<> add_by_another(int& sum) {
    co_await coil::yield_now();
    add_to(sum);
}
task<> two_children() {
    int sum = 0;
    co_await coil::with_group([&](auto& group) {
        group.spawn(add(sum, 1));  // expected-error {{change 'sum'}}
        group.spawn(add_by_another(sum));
    });
}
task<> lambdas() {
    std::vector<int> all;
    co_await coil::with_group([&](coil::group& group) {
        for (int i = 0; i < 4; ++i)
            // expected-error@+1 {{change 'all'}}
            group.spawn(coil::call_once(
                [i, &all]() -> task<> { all.push_back(co_await load(i)); }));
    });
}
class counter {
public:
    task<> count_all(int to) {
        co_await coil::with_group([&](coil::group& group) {
            for (int i = 0; i < to; ++i)
                group.spawn(count(i));  // expected-error {{change 'by_number_'}}
        });
    }

private:
    task<> count(int i) {
        co_await coil::yield_now();
        ++by_number_[i % 3];
    }
    std::map<int, int> by_number_;
};

// --- right ---

task<> visit_locked(std::string url, coil::mutex& mutex,
                    std::unordered_set<std::string>& titles) {
    auto held = co_await mutex.lock();
    titles.insert(std::move(url));
}
task<> visit_guarded(std::string url, std::mutex& mutex,
                     std::unordered_set<std::string>& titles) {
    co_await coil::yield_now();
    std::lock_guard held(mutex);
    titles.insert(std::move(url));
}
task<> count_atomically(std::atomic<int>& count) {
    co_await coil::yield_now();
    ++count;
}
task<> fill_one(std::vector<int>& all, std::size_t at) {
    all[at] = co_await load(1);
}
task<> fill_own(int& own) {
    own = co_await load(1);
}
task<std::size_t> look(const std::unordered_set<std::string>& titles) {
    co_await coil::yield_now();
    co_return titles.size();
}
task<> crawl_right(std::vector<std::string> urls) {
    std::unordered_set<std::string> titles;
    coil::mutex mutex;
    std::mutex other;
    std::atomic<int> count = 0;
    std::vector<int> all(urls.size());
    co_await coil::with_group([&](coil::group& group) {
        for (std::size_t i = 0; i < urls.size(); ++i) {
            group.spawn(visit_locked(urls[i], mutex, titles));
            group.spawn(visit_guarded(urls[i], other, titles));
            group.spawn(count_atomically(count));
            group.spawn(fill_one(all, i));
            group.spawn(fill_own(all[i]));
        }
    });
}
task<> one_child(bool is_short) {
    int sum = 0;
    std::unordered_set<std::string> titles;
    co_await coil::with_group([&](coil::group& group) {
        if (is_short) {
            group.spawn(add(sum, 1));
        } else {
            group.spawn(add_by_another(sum));
        }
        group.spawn(visit("one", titles));
    });
}
task<> in_each_round() {
    for (int i = 0; i < 3; ++i) {
        int sum = i;
        co_await coil::with_group(
            [&](coil::group& group) { group.spawn(add(sum, 1)); });
    }
}
task<> one_after_another() {
    int sum = 0;
    co_await coil::with_group([&](coil::group& group) -> task<> {
        for (int i = 0; i < 3; ++i) {
            auto child = coil::spawn_with_handle(group, add(sum, i));
            co_await child.join();
        }
    });
}

// Not part of what runs on several threads.
task<> on_one_thread(std::vector<std::string> urls) {
    std::unordered_set<std::string> titles;
    co_await coil::with_group([&](coil::group& group) {
        for (std::string& url : urls) group.spawn(visit(std::move(url), titles));
    });
}

task<> everything() {
    counter counts;
    co_await counts.count_all(3);
    co_await crawl({"a", "b"});
    co_await two_children();
    co_await lambdas();
    co_await crawl_right({"a", "b"});
    co_await one_child(true);
    co_await in_each_round();
    co_await one_after_another();
}

}  // namespace

int main() {
    coil::run(on_one_thread({"a", "b"}));
    coil::multi_thread_runtime alone({.workers = 1});
    alone.run(on_one_thread({"a", "b"})).take();
    coil::multi_thread_runtime runtime;
    runtime.run(everything()).take();
}
// expected-note@* 0+ {{changed here, by each of them}}
// expected-note@* 0+ {{another one is this}}
// expected-note@* 0+ {{this runtime has several threads}}
