// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/run.hpp>
#include <coil/time/sleep.hpp>

#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

using namespace std::chrono_literals;

coil::task<int> answer();

// Sleeping.

coil::task<> sleeps_for() {
    // expected-warning@+1 {{blocks the thread that runs 'sleeps_for'}}
    std::this_thread::sleep_for(1s);
    co_await coil::sleep(1s);
}

coil::task<> sleeps_until(std::chrono::steady_clock::time_point then) {
    std::this_thread::sleep_until(then);  // expected-warning {{sleep_until' blocks}}
    co_return;
}

coil::task<> sleeps_in_c() {
    ::sleep(1);   // expected-warning {{'sleep' blocks}}
    ::usleep(1);  // expected-warning {{'usleep' blocks}}
    const timespec pause{1, 0};
    ::nanosleep(&pause, nullptr);  // expected-warning {{'nanosleep' blocks}}
    co_return;
}

void sleeps_in_a_function() {
    std::this_thread::sleep_for(1s);
    ::usleep(1);
}

coil::task<> does_not_sleep() {
    std::this_thread::yield();
    co_return;
}

// Input and output.

coil::task<> reads(int from, char* into) {
    ::read(from, into, 1);             // expected-warning {{'read' blocks}}
    ::write(from, into, 1);            // expected-warning {{'write' blocks}}
    ::recv(from, into, 1, 0);          // expected-warning {{'recv' blocks}}
    ::send(from, into, 1, 0);          // expected-warning {{'send' blocks}}
    ::accept(from, nullptr, nullptr);  // expected-warning {{'accept' blocks}}
    ::connect(from, nullptr, 0);       // expected-warning {{'connect' blocks}}
    co_return;
}

coil::task<> reads_without_waiting(int from, char* into) {
    ::recv(from, into, 1, MSG_DONTWAIT);
    ::recv(from, into, 1, MSG_PEEK | MSG_DONTWAIT);
    ::send(from, into, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    ::write(STDERR_FILENO, "late\n", 5);
    ::waitpid(-1, nullptr, WNOHANG);
    co_return;
}

coil::task<> waits_for_descriptors(pollfd* all, int poller, epoll_event* found) {
    ::poll(all, 1, -1);                   // expected-warning {{'poll' blocks}}
    ::epoll_wait(poller, found, 1, 100);  // expected-warning {{'epoll_wait' blocks}}
    fd_set none;
    FD_ZERO(&none);
    // expected-warning@+1 {{'select' blocks}}
    ::select(0, &none, nullptr, nullptr, nullptr);
    co_return;
}

coil::task<> looks_at_descriptors(pollfd* all, int poller, epoll_event* found) {
    ::poll(all, 1, 0);
    ::epoll_wait(poller, found, 1, 0);
    co_return;
}

coil::task<> reads_what_never_blocks(char* into) {
    int ends[2] = {};
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
    ::read(ends[0], into, 1);
    ::send(ends[1], into, 1, 0);
    co_return;
}

coil::task<> reads_what_may_block(char* into) {
    int ends[2] = {};
    ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    ::read(ends[0], into, 1);  // expected-warning {{'read' blocks}}
    co_return;
}

struct file {
    int read(char* into, int size);
    void connect();
};
int poll(int);

coil::task<> calls_what_has_such_a_name(file& from) {
    from.read(nullptr, 1);
    from.connect();
    poll(1);
    co_return;
}

// Names, children, commands.

coil::task<> looks_up() {
    addrinfo* found = nullptr;
    // expected-warning@+1 {{'getaddrinfo' blocks}}
    ::getaddrinfo("localhost", "http", nullptr, &found);
    co_return;
}

coil::task<> runs_a_command() {
    std::system("true");        // expected-warning {{'system' blocks}}
    ::waitpid(-1, nullptr, 0);  // expected-warning {{'waitpid' blocks}}
    co_return;
}

struct sqlite3_stmt;
extern "C" int sqlite3_step(sqlite3_stmt*);
extern "C" int sqlite3_column_int(sqlite3_stmt*, int);

coil::task<int> asks_a_database(sqlite3_stmt* query) {
    sqlite3_step(query);  // expected-warning {{'sqlite3_step' blocks}}
    co_return sqlite3_column_int(query, 0);
}

coil::task<int> asks_a_database_on_the_pool(sqlite3_stmt* query) {
    co_return co_await coil::blocking([query] {
        sqlite3_step(query);
        return sqlite3_column_int(query, 0);
    });
}

// Closures.

coil::task<> on_the_pool() {
    auto job = [] { std::this_thread::sleep_for(1s); };
    co_await coil::blocking(job);
    co_await coil::blocking(&sleeps_in_a_function);
}

coil::task<> on_a_thread_of_its_own() {
    std::thread([] { ::sleep(1); }).detach();
    co_return;
}

coil::task<> calls_a_closure() {
    auto job = [] { ::usleep(1); };  // expected-warning {{runs 'calls_a_closure'}}
    job();
    co_return;
}

coil::task<int> calls_a_closure_on_the_spot(const char* name) {
    const int all = [&] {
        [] { ::usleep(1); }();     // expected-warning {{'usleep' blocks}}
        return std::system(name);  // expected-warning {{'system' blocks}}
    }();
    co_return all;
}

coil::task<> has_a_coroutine_inside() {
    auto inner = [](int times) -> coil::task<> {
        ::usleep(1);  // expected-warning {{the thread that runs this lambda}}
        co_return;
    };
    co_await inner(1);
}

// A runtime inside of a strand.

int starts_a_runtime() {
    coil::multi_thread_runtime runtime;
    runtime.run(answer()).take();
    return coil::run(answer());
}

coil::task<int> starts_a_runtime_in_a_strand(coil::multi_thread_runtime& runtime) {
    // expected-warning@+1 {{'coil::multi_thread_runtime::run' blocks}}
    runtime.run(answer()).take();
    co_return coil::run(answer());  // expected-warning {{'coil::run' ends the}}
}

// Marks.

COIL_BLOCKING void old_api();
struct device {
    COIL_BLOCKING void flush();
    bool is_open();
};
template <class T>
COIL_BLOCKING T fetch(T of);

coil::task<> calls_what_is_marked(device& on) {
    old_api();       // expected-warning {{'old_api' blocks}}
    on.flush();      // expected-warning {{'flush' blocks}}
    (void)fetch(1);  // expected-warning {{'fetch' blocks}}
    (void)on.is_open();
    co_await coil::blocking([&] { on.flush(); });
    co_await coil::blocking(&old_api);
}

// Silence.

coil::task<> silenced() {
    [[gsl::suppress("coil-blocking")]] ::usleep(1);
    co_return;
}

[[gsl::suppress("coil-blocking")]] coil::task<> silenced_function() {
    ::usleep(1);
    co_return;
}

template <class T>
coil::task<T> generic(T value) {
    ::usleep(1);  // expected-warning {{'usleep' blocks the thread that runs 'generic'}}
    co_return value;
}
template coil::task<int> generic(int);
