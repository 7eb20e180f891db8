// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/blocking_calls.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

constexpr llvm::StringRef on_pool =
    "let a thread of the pool wait: co_await coil::blocking([&] { ... })";
constexpr llvm::StringRef sleeps = "await a pause: co_await coil::sleep(time)";
constexpr llvm::StringRef sleeps_until =
    "await the time: co_await coil::sleep_until(instant)";
constexpr llvm::StringRef resolves =
    "await it: co_await coil::net::resolve(host, port)";
constexpr llvm::StringRef reads =
    "await a coil::net::tcp_stream or tcp_listener, or let a thread of the pool wait: "
    "co_await coil::blocking([&] { ... })";
constexpr llvm::StringRef waits_for_news =
    "await a coil::event or coil::notify: co_await event.wait()";
constexpr llvm::StringRef semaphores =
    "await a coil::semaphore: co_await permits.acquire()";
constexpr llvm::StringRef barriers =
    "await a coil::barrier: co_await barrier.arrive_and_wait()";
constexpr llvm::StringRef latches = "await a coil::event: co_await event.wait()";
constexpr llvm::StringRef mutexes =
    "await a coil::mutex: auto guard = co_await mutex.lock()";
constexpr llvm::StringRef futures =
    "await a coil::oneshot that is sent to instead, or let a thread of the pool wait: "
    "co_await coil::blocking([&] { ... })";
constexpr llvm::StringRef asyncs =
    "run the job on the pool in place of std::async: co_await coil::blocking(job)";
constexpr llvm::StringRef runs = "await the work itself: co_await std::move(work)";
constexpr llvm::StringRef signals = "await a coil::signals: co_await signals.next()";

using table = llvm::StringMap<llvm::StringRef>;

/// Functions of the system.
const table& functions_in_c() {
    static const table all = {
        {"sleep", sleeps},
        {"usleep", sleeps},
        {"nanosleep", sleeps},
        {"clock_nanosleep", sleeps},
        {"thrd_sleep", sleeps},
        {"read", reads},
        {"readv", reads},
        {"pread", reads},
        {"write", reads},
        {"writev", reads},
        {"pwrite", reads},
        {"recv", reads},
        {"recvfrom", reads},
        {"recvmsg", reads},
        {"send", reads},
        {"sendto", reads},
        {"sendmsg", reads},
        {"accept", reads},
        {"accept4", reads},
        {"connect", reads},
        {"poll", reads},
        {"ppoll", reads},
        {"select", reads},
        {"pselect", reads},
        {"epoll_wait", reads},
        {"epoll_pwait", reads},
        {"getaddrinfo", resolves},
        {"getnameinfo", on_pool},
        {"gethostbyname", resolves},
        {"gethostbyaddr", on_pool},
        {"system", on_pool},
        {"popen", on_pool},
        {"pclose", on_pool},
        {"wait", on_pool},
        {"waitpid", on_pool},
        {"wait4", on_pool},
        {"waitid", on_pool},
        {"fsync", on_pool},
        {"fdatasync", on_pool},
        {"flock", on_pool},
        {"lockf", on_pool},
        {"pause", signals},
        {"sigwait", signals},
        {"sigwaitinfo", signals},
        {"sigsuspend", signals},
        {"sem_wait", semaphores},
        {"pthread_join", on_pool},
        {"pthread_cond_wait", waits_for_news},
        {"pthread_cond_timedwait", waits_for_news},
        {"pthread_barrier_wait", barriers},
        {"getchar", on_pool},
        {"scanf", on_pool},
        {"gets", on_pool},
    };
    return all;
}

/// Functions of libraries in C.
const table& functions_of_libraries() {
    static const table all = {
        {"sqlite3_step", on_pool},      {"sqlite3_exec", on_pool},
        {"sqlite3_get_table", on_pool}, {"PQexec", on_pool},
        {"PQexecParams", on_pool},      {"PQconnectdb", on_pool},
        {"PQgetResult", on_pool},       {"mysql_query", on_pool},
        {"mysql_real_query", on_pool},  {"mysql_real_connect", on_pool},
        {"curl_easy_perform", on_pool}, {"redisCommand", on_pool},
    };
    return all;
}

/// Functions and members, with the class of the object that they are called on.
const table& functions() {
    static const table all = {
        {"std::this_thread::sleep_for", sleeps},
        {"std::this_thread::sleep_until", sleeps_until},
        {"std::system", on_pool},
        {"std::getchar", on_pool},
        {"std::scanf", on_pool},
        {"std::future::get", futures},
        {"std::future::wait", futures},
        {"std::future::wait_for", futures},
        {"std::future::wait_until", futures},
        {"std::shared_future::get", futures},
        {"std::shared_future::wait", futures},
        {"std::shared_future::wait_for", futures},
        {"std::shared_future::wait_until", futures},
        {"std::condition_variable::wait", waits_for_news},
        {"std::condition_variable::wait_for", waits_for_news},
        {"std::condition_variable::wait_until", waits_for_news},
        {"std::condition_variable_any::wait", waits_for_news},
        {"std::condition_variable_any::wait_for", waits_for_news},
        {"std::condition_variable_any::wait_until", waits_for_news},
        {"std::thread::join", on_pool},
        {"std::jthread::join", on_pool},
        {"std::latch::wait", latches},
        {"std::latch::arrive_and_wait", barriers},
        {"std::barrier::wait", barriers},
        {"std::barrier::arrive_and_wait", barriers},
        {"std::counting_semaphore::acquire", semaphores},
        {"std::counting_semaphore::try_acquire_for", semaphores},
        {"std::counting_semaphore::try_acquire_until", semaphores},
        {"std::atomic::wait", waits_for_news},
        {"std::atomic_flag::wait", waits_for_news},
        {"std::atomic_ref::wait", waits_for_news},
        {"std::atomic_wait", waits_for_news},
        {"std::atomic_flag_wait", waits_for_news},
        {"std::timed_mutex::try_lock_for", mutexes},
        {"std::timed_mutex::try_lock_until", mutexes},
        {"std::recursive_timed_mutex::try_lock_for", mutexes},
        {"std::recursive_timed_mutex::try_lock_until", mutexes},
        {"std::shared_timed_mutex::try_lock_for", mutexes},
        {"std::shared_timed_mutex::try_lock_until", mutexes},
        {"std::unique_lock::try_lock_for", mutexes},
        {"std::unique_lock::try_lock_until", mutexes},
        {"coil::run", runs},
        {"coil::event_loop::run", runs},
        {"coil::current_thread_runtime::run", runs},
        {"coil::multi_thread_runtime::run", runs},
        {"coil::multi_thread_runtime::run_on_each", runs},
        {"coil::skeleton_runtime::run", runs},
    };
    return all;
}

std::optional<blocking_call> found_in(const table& all, const std::string& name) {
    const auto entry = all.find(name);
    if (entry == all.end()) return std::nullopt;
    return blocking_call{.name = name, .mend = entry->second};
}

/// What a member is called as, from the object's class up to the one that declares it:
/// `std::future::wait` is that of a base, which has no public name.
std::optional<blocking_call> member_of(const clang::CXXRecordDecl& record,
                                       const clang::CXXMethodDecl& method) {
    const std::string name = method.getNameAsString();
    if (auto found = found_in(functions(), plain_name(record) + "::" + name))
        return found;
    if (!record.hasDefinition()) return std::nullopt;
    for (const auto& base : record.bases()) {
        auto* of_base = base.getType()->getAsCXXRecordDecl();
        if (of_base == nullptr) continue;
        if (auto found = member_of(*of_base, method)) return found;
    }
    return std::nullopt;
}

bool is_standard_input(const clang::Expr* expression) {
    auto* reference =
        dyn_cast_or_null<clang::DeclRefExpr>(without_wrappers(expression));
    if (reference == nullptr) return false;
    const std::string name = plain_name(*reference->getDecl());
    return name == "std::cin" || name == "std::wcin" || name == "stdin";
}

/// A stream of a file, as an expression of its own type.
bool is_file(const clang::Expr* expression) {
    expression = without_wrappers(expression);
    auto* record = expression != nullptr ? class_of(expression->getType()) : nullptr;
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    return name == "std::basic_ifstream" || name == "std::basic_fstream";
}

std::optional<blocking_call> reading_input(const clang::CallExpr& call,
                                           const clang::FunctionDecl& callee) {
    static const llvm::StringMap<bool> members = {{"get", true},
                                                  {"getline", true},
                                                  {"read", true},
                                                  {"ignore", true},
                                                  {"peek", true}};
    if (auto* member = dyn_cast<clang::CXXMemberCallExpr>(&call)) {
        if (!callee.getDeclName().isIdentifier() || !members.count(callee.getName()))
            return std::nullopt;
        auto* object = member->getImplicitObjectArgument();
        if (is_file(object))
            return blocking_call{.name = "std::ifstream::" + callee.getName().str(),
                                 .mend = on_pool};
        if (!is_standard_input(object)) return std::nullopt;
        return blocking_call{.name = "std::cin." + callee.getName().str(),
                             .mend = on_pool};
    }
    // std::cin >> a >> b is one read for the reader, and its innermost call is this.
    const bool is_shift = callee.getOverloadedOperator() == clang::OO_GreaterGreater;
    const std::string name = is_shift ? "std::cin >>" : plain_name(callee);
    static const llvm::StringMap<bool> takers = {
        {"std::cin >>", true}, {"std::getline", true}, {"fgets", true},
        {"fread", true},       {"getc", true},         {"fgetc", true},
        {"fscanf", true},      {"getline", true}};
    if (!takers.count(name)) return std::nullopt;
    for (auto* argument : call.arguments()) {
        if (is_standard_input(argument))
            return blocking_call{.name = name, .mend = on_pool};
        if (is_file(argument))
            return blocking_call{.name = is_shift ? "std::ifstream >>" : name,
                                 .mend = on_pool};
    }
    return std::nullopt;
}

std::optional<std::int64_t> number(const clang::Expr* expression,
                                   const clang::ASTContext& ast) {
    clang::Expr::EvalResult value;
    if (expression == nullptr || expression->isValueDependent() ||
        !expression->isPRValue() || !expression->EvaluateAsRValue(value, ast))
        return std::nullopt;
    const clang::APValue* inner = &value.Val;
    while (inner->isStruct() && inner->getStructNumFields() == 1)  // a duration
        inner = &inner->getStructField(0);
    if (!inner->isInt()) return std::nullopt;
    return inner->getInt().getExtValue();
}

/// Where a C function takes its timeout or its flags, and the flag that asks not to
/// wait.
struct way_out {
    unsigned argument;
    std::int64_t flag;  // none: a timeout, which is zero
};
std::optional<way_out> way_out_of(llvm::StringRef name) {
    constexpr std::int64_t do_not_wait = 0x40;  // MSG_DONTWAIT
    constexpr std::int64_t no_hang = 1;         // WNOHANG
    static const llvm::StringMap<way_out> all = {
        {"recv", {3, do_not_wait}},
        {"send", {3, do_not_wait}},
        {"recvfrom", {3, do_not_wait}},
        {"sendto", {3, do_not_wait}},
        {"recvmsg", {2, do_not_wait}},
        {"sendmsg", {2, do_not_wait}},
        {"waitpid", {2, no_hang}},
        {"wait4", {2, no_hang}},
        {"waitid", {3, no_hang}},
        {"poll", {2, 0}},
        {"epoll_wait", {3, 0}},
        {"epoll_pwait", {3, 0}},
        {"flock", {1, 4}},
    };
    const auto found = all.find(name);
    if (found == all.end()) return std::nullopt;
    return found->second;
}

/// Standard output and error, to which everybody may write a line.
bool writes_a_line(llvm::StringRef name, const clang::CallExpr& call,
                   const clang::ASTContext& ast) {
    if (name != "write" || call.getNumArgs() == 0) return false;
    const auto descriptor = number(call.getArg(0), ast);
    return descriptor == 1 || descriptor == 2;
}

std::optional<blocking_call> in_c(const clang::CallExpr& call,
                                  const clang::FunctionDecl& callee,
                                  const clang::ASTContext& ast) {
    if (!callee.isExternC() || !callee.getDeclName().isIdentifier())
        return std::nullopt;
    const llvm::StringRef name = callee.getName();
    if (writes_a_line(name, call, ast)) return std::nullopt;
    if (const auto out = way_out_of(name)) {
        const auto given = out->argument < call.getNumArgs()
                               ? number(call.getArg(out->argument), ast)
                               : std::nullopt;
        if (given && (out->flag == 0 ? *given == 0 : (*given & out->flag) != 0))
            return std::nullopt;
    }
    if (auto found = found_in(functions_in_c(), name.str())) {
        static const llvm::StringSet<> waiting = {
            "poll", "ppoll", "select", "pselect", "epoll_wait", "epoll_pwait"};
        found->is_on_descriptor = found->mend == reads && !waiting.contains(name);
        return found;
    }
    return found_in(functions_of_libraries(), name.str());
}

}  // namespace

bool chooses_nonblocking(const clang::CallExpr& call, const clang::ASTContext& ast) {
    constexpr std::int64_t nonblocking = 0x800;  // O_NONBLOCK, SOCK_NONBLOCK, ...
    static const llvm::StringSet<> choosing = {
        "socket", "socketpair", "accept4",        "open",     "openat",
        "fcntl",  "pipe2",      "timerfd_create", "signalfd", "eventfd"};
    auto* callee = call.getDirectCallee();
    return callee != nullptr && callee->isExternC() &&
           choosing.contains(name_of(call)) &&
           llvm::any_of(call.arguments(), [&](const clang::Expr* argument) {
               return argument->getType()->isIntegerType() &&
                      (number(argument, ast).value_or(0) & nonblocking) != 0;
           });
}

bool only_looks(const clang::CallExpr& call, const clang::ASTContext& ast) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || !callee->getDeclName().isIdentifier() ||
        !callee->getName().ends_with("_for") || call.getNumArgs() == 0)
        return false;
    // The last argument but for a predicate.
    for (auto* argument : call.arguments()) {
        auto* value = without_casts(argument);
        if (auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(value))
            value = made->getSubExpr();
        if (number(value, ast) == 0) return true;
    }
    return false;
}

/// Whether an object is what std::async gave, by its name or at once.
static bool is_from_async(const clang::Expr& object) {
    auto* local = local_named_by(&object);
    auto* made = without_wrappers(local != nullptr ? local->getInit() : &object);
    auto* call = dyn_cast_or_null<clang::CallExpr>(made);
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    return callee != nullptr && plain_name(*callee) == "std::async";
}

std::optional<blocking_call> as_blocking(const clang::CallExpr& call,
                                         const clang::ASTContext& ast) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return std::nullopt;
    if (has_mark(*callee, "blocking"))
        return blocking_call{.name = callee->getNameAsString(), .mend = on_pool};
    if (auto found = reading_input(call, *callee)) return found;
    if (auto found = in_c(call, *callee, ast)) return found;
    if (callee->isExternC() || only_looks(call, ast)) return std::nullopt;
    auto* method = dyn_cast<clang::CXXMethodDecl>(callee);
    auto* object = without_casts(object_of(call));  // of its own class, not of a base
    if (method == nullptr || object == nullptr)
        return found_in(functions(), plain_name(*callee));
    clang::QualType type = object->getType();
    if (type->isPointerType()) type = type->getPointeeType();
    auto* record = class_of(type);
    auto found = record == nullptr ? std::nullopt : member_of(*record, *method);
    if (found && found->mend == futures && is_from_async(*object)) found->mend = asyncs;
    return found;
}

}  // namespace coil_check
