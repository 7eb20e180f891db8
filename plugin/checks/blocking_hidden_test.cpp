// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What blocks out of sight: plain functions, what algorithms call, destructors, files.
#include <coil/core/core.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/run.hpp>

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

bool is_late();
coil::task<> work();

// Functions whose text is there to be read.

void naps() {
    ::usleep(1);
}
void rests() {
    for (int i = 0; i < 3; ++i) naps();
}
void sleeps() {
    rests();
}
void hibernates() {
    sleeps();
}
int takes(std::future<int>& from) {
    return from.get();
}
void naps_perhaps() {
    if (is_late()) return;
    ::usleep(1);
}
int takes_what_is_ready(std::future<int>& from) {
    if (from.wait_for(0s) != std::future_status::ready) return 0;
    return from.get();
}
long reads(int from, char* into) {
    return ::read(from, into, 1);
}
[[gsl::suppress("coil-blocking")]] void naps_on_purpose() {
    ::usleep(1);
}
void naps_on_purpose_inside() {
    [[gsl::suppress("coil-blocking")]] ::usleep(1);
}
void counts_down(int from) {
    counts_down(from - 1);
}
void elsewhere();
template <class Duration>
void naps_for(Duration pause) {
    std::this_thread::sleep_for(pause);
}
coil::task<> calls_functions(std::future<int>& from, char* into) {
    naps();        // expected-warning {{'naps' blocks the thread that runs 'calls_f}}
    rests();       // expected-warning {{'rests' blocks}}
    sleeps();      // expected-warning {{'sleeps' blocks}}
    naps_for(1s);  // expected-warning {{'naps_for' blocks}}
    (void)takes(from);  // expected-warning {{'takes' blocks}}
    naps_perhaps();     // expected-warning {{'naps_perhaps' blocks}}
    naps_on_purpose();
    naps_on_purpose_inside();
    counts_down(3);
    elsewhere();
    (void)takes_what_is_ready(from);
    (void)reads(0, into);  // a descriptor that may never block
    co_return;
}
coil::task<> calls_four_deep() {
    hibernates();  // known gap: it looks three calls deep
    co_return;
}
coil::task<> asks_before(std::future<int>& from) {
    if (from.wait_for(0s) == std::future_status::ready) (void)takes(from);
    co_return;
}
coil::task<> on_the_pool() {
    co_await coil::blocking([] { naps(); });
    co_await coil::blocking(naps);
}
void in_a_plain_function() {
    naps();
}
struct device {
    void waits() { ::usleep(1); }
    virtual void may_wait() { ::usleep(1); }
};
coil::task<> calls_members(device& of) {
    of.waits();  // expected-warning {{'waits' blocks}}
    of.may_wait();
    [[gsl::suppress("coil-blocking")]] of.waits();
    co_return;
}

// What an algorithm calls, here and now.

coil::task<> hands_on_to_algorithms(std::vector<int>& all) {
    std::for_each(all.begin(), all.end(),
                  [](int) { ::usleep(1); });  // expected-warning {{'usleep' blocks}}
    std::ranges::for_each(
        all, [](auto) { naps(); });  // expected-warning@-1 {{'naps' blocks}}
    // expected-warning@+1 {{'naps_perhaps' blocks}}
    std::for_each(all.begin(), all.end(), [](int) { naps_perhaps(); });
    std::invoke(&naps);  // expected-warning {{'naps' blocks}}
    std::thread([] { ::usleep(1); }).detach();
    const std::function<void()> kept = [] { ::usleep(1); };
    co_return;
}

// Files.

coil::task<> reads_a_file() {
    std::ifstream in("settings");
    std::string line;
    while (std::getline(in, line)) {  // expected-warning {{'std::getline' blocks}}
        in >> line;                   // the same mistake
    }
    co_return;
}
coil::task<> reads_numbers(std::ifstream& in) {
    int number = 0;
    in >> number;  // expected-warning {{'std::ifstream >>' blocks}}
    co_return;
}
coil::task<> reads_bytes(std::fstream& in, char* into) {
    in.read(into, 1);  // expected-warning {{'std::ifstream::read' blocks}}
    co_return;
}
coil::task<> reads_on_the_pool(std::ifstream& in) {
    std::string line;
    co_await coil::blocking([&] { std::getline(in, line); });
}

// Destructors that wait.

coil::task<> joins_at_the_end() {
    const std::jthread other(&naps);  // expected-warning {{the end of 'other' blocks}}
    co_await work();
}
coil::task<> asks_to_stop() {
    std::jthread other(&naps);  // expected-warning {{the end of 'other' blocks}}
    other.request_stop();
    co_return;
}
coil::task<> does_not_join() {
    std::jthread detached(&naps);
    detached.detach();
    std::jthread moved(&naps);
    std::vector<std::jthread> others;
    others.push_back(std::move(moved));
    const std::jthread none;
    co_return;
}
coil::task<> waits_for_async() {
    // expected-note@* 1+ {{run the job on the pool}}
    (void)std::async(&naps);  // expected-warning {{the end of what 'std::async' gives}}
    auto result =             // expected-warning {{the end of 'result' blocks}}
        std::async(std::launch::async, &naps);
    co_await work();
}
coil::task<> does_not_wait_for_async(std::vector<std::future<void>>& all) {
    (void)std::async(std::launch::deferred, &naps);
    auto result = std::async(std::launch::async, &naps);
    all.push_back(std::move(result));
    all.push_back(std::async(std::launch::async, &naps));
    co_await work();
}

// Also in a branch: to sleep is wrong there whenever it is done, and so is a runtime.

void naps_if(bool is_late) {
    if (is_late) ::usleep(1);  // expected-note {{it calls 'usleep' here, which blocks}}
}
coil::task<int> gives_one();
int asks_if(bool is_old) {
    if (is_old) return 1;
    return coil::run(gives_one());  // expected-note {{it calls 'coil::run' here}}
}
coil::task<> calls_what_may_block() {
    naps_if(true);        // expected-warning {{'naps_if' blocks}}
    (void)asks_if(true);  // expected-warning {{'asks_if' calls 'coil::run', which}}
    co_return;
}
