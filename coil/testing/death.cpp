// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/virtual_time.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace coil::testing {

namespace {

template <class Act>
std::string last_words_in_child(Act act) {
    int ends[2];
    if (::pipe(ends) != 0) fatal("death: no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[0]);
        std::signal(SIGABRT, SIG_DFL);  // the test program's handler would report it
        std::signal(SIGSEGV, SIG_DFL);
        act();
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string words;
    char chunk[1024];
    for (;;) {
        const ssize_t count = ::read(ends[0], chunk, sizeof chunk);
        if (count <= 0) break;
        words.append(chunk, static_cast<std::size_t>(count));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "survived" : words;
}

}  // namespace

std::string last_words(void (*act)()) {
    return last_words_in_child(act);
}

std::string last_words_of(local_task<> (*make)()) {
    return last_words_in_child([make] {
        virtual_runtime runtime;
        (void)runtime.run(make());
        if (!runtime.deadlock().empty()) fatal(runtime.deadlock().c_str());
    });
}

}  // namespace coil::testing
