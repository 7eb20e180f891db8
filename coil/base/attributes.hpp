// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/compiler.hpp>

// What compilers and build modes differ in, under one name each. Code outside
// base/ asks these names and never the compiler.

#if !defined(__has_feature)
#define __has_feature(x) 0
#define COIL_UNDEFINE_HAS_FEATURE
#endif

/// 1 if the program is compiled with exceptions, otherwise 0.
#if defined(__cpp_exceptions)
#define COIL_EXCEPTIONS 1
#else
#define COIL_EXCEPTIONS 0
#endif

/// 1 under AddressSanitizer, MemorySanitizer or ThreadSanitizer, otherwise 0.
/// Recycled memory would hide errors from them, so allocators ask.
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer) || defined(__SANITIZE_ADDRESS__) ||    \
    defined(__SANITIZE_THREAD__)
#define COIL_SANITIZED 1
#else
#define COIL_SANITIZED 0
#endif

/// 1 under AddressSanitizer, which ends the program at a use after free.
#if __has_feature(address_sanitizer) || defined(__SANITIZE_ADDRESS__)
#define COIL_ADDRESS_SANITIZED 1
#else
#define COIL_ADDRESS_SANITIZED 0
#endif

/// 1 under ThreadSanitizer, which makes system calls and threads slow.
#if __has_feature(thread_sanitizer) || defined(__SANITIZE_THREAD__)
#define COIL_THREAD_SANITIZED 1
#else
#define COIL_THREAD_SANITIZED 0
#endif

/// 1 with Clang. GCC 14 translates some coroutines otherwise than the standard says.
#if defined(__clang__)
#define COIL_CLANG 1
#else
#define COIL_CLANG 0
#endif

/// The storage class of a variable that each thread has for itself; an ordinary
/// variable where COIL_SINGLE_THREADED promises that there is only one thread.
#if defined(COIL_SINGLE_THREADED)
#define COIL_THREAD_LOCAL
#else
#define COIL_THREAD_LOCAL thread_local
#endif

/// 1 where coroutines keep recycled frames at hand themselves, see core/frame.hpp. Not
/// where memory is scarce, and not where a sanitizer watches each of them.
#if defined(COIL_SINGLE_THREADED) || COIL_SANITIZED
#define COIL_INLINE_FRAMES 0
#else
#define COIL_INLINE_FRAMES 1
#endif

/// On a variable: it is this program's or this shared library's own, so that reaching
/// it takes no table.
#define COIL_HIDDEN [[gnu::visibility("hidden")]]

#define COIL_NOINLINE [[gnu::noinline]]
#define COIL_ALWAYS_INLINE [[gnu::always_inline]] inline

/// On a parameter: the result refers to it, so it must live as long as the result.
#if COIL_CLANG
#define COIL_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define COIL_LIFETIMEBOUND
#endif

/// On a class: an object of it refers to what it was made of, and owns nothing.
#if COIL_CLANG
#define COIL_VIEW [[gsl::Pointer]]
#else
#define COIL_VIEW
#endif

/// On a class: passed and returned in a register although it has a destructor.
#if COIL_CLANG
#define COIL_TRIVIAL_ABI [[clang::trivial_abi]]
#else
#define COIL_TRIVIAL_ABI
#endif

/// A word to coil-check, the plugin for Clang, and nothing to a compiler.
#if COIL_CLANG
#define COIL_MARK(word) [[clang::annotate("coil::" word)]]
#else
#define COIL_MARK(word)
#endif

/// On a class: an object of it does nothing until it is awaited, and is used up by
/// that. Not needed where it has an `operator co_await() &&`.
#define COIL_FUTURE COIL_MARK("future")

/// On a function: it makes its thread wait, so coroutines do not call it. What calls it
/// for them is `coil::blocking`.
#define COIL_BLOCKING COIL_MARK("blocking")

/// On a parameter: the function awaits the async drop of what it is given by reference.
/// On a class: it awaits those of its members, although it has no `async_drop()`.
#define COIL_DROPS COIL_MARK("drops")

/// On a parameter of an async function: when that is stopped, what it has taken from
/// there, or has not yet put there, is lost. On a function that makes the end of a
/// stream: the same of the stream.
#define COIL_LOSES_WHEN_STOPPED COIL_MARK("loses_when_stopped")

/// On a function that takes awaitables, and stops them although nobody stopped it.
#define COIL_STOPS_PARTS COIL_MARK("stops_parts")

/// On a class: no coroutine holds an object of it while it waits, whatever it is part
/// of. For guards of one's own, and what has to be let go soon.
///
/// \snippet coil/base/attributes_test.cpp  not across an await
#define COIL_NOT_ACROSS_AWAIT COIL_MARK("not_across_await")

/// On a member function: what its await gives holds the object, and nobody else gets
/// past such an await meanwhile.
#define COIL_LOCKS COIL_MARK("locks")
/// The same where others may hold it, too, that way.
#define COIL_LOCKS_SHARED COIL_MARK("locks_shared")

/// On a parameter: what it gets goes to another thread, so it has to be `spawnable`,
/// with all that it captures and refers to.
#define COIL_REQUIRES_SENDABLE COIL_MARK("requires_sendable")

/// On a function: futures that it is given go on when it has returned, and when its
/// caller has: what they refer to has to live longer than that.
#define COIL_SPAWNS COIL_MARK("spawns")

/// On a function that gives a future: that refers to nothing of what the function was
/// given, or of its object.
#define COIL_BORROWS_NOTHING COIL_MARK("borrows_nothing")

/// On a member function, as a stream's `next()`: what its await gives refers to the
/// object, and only until the function is called again.
///
/// \snippet coil/stream/lent_items_test.cpp  a stream that lends its items
#define COIL_LENDS COIL_MARK("lends")

/// Around code that reads a union by its tag: GCC loses sight of the tag and takes what
/// it rules out for an uninitialized read.
#if COIL_CLANG
#define COIL_TAG_RULES_BEGIN
#define COIL_TAG_RULES_END
#else
#define COIL_TAG_RULES_BEGIN       \
    _Pragma("GCC diagnostic push") \
        _Pragma("GCC diagnostic ignored \"-Wmaybe-uninitialized\"")
#define COIL_TAG_RULES_END _Pragma("GCC diagnostic pop")
#endif

/// Part of a name that no other has in nested scopes, for a macro that declares some.
#if COIL_CLANG && __clang_major__ >= 22
#define COIL_UNIQUE __LINE__  // it calls __COUNTER__ an extension where one is pedantic
#else
#define COIL_UNIQUE __COUNTER__
#endif

/// Around a class that is only asked what names it has: derived from a user's class, it
/// shall not be warned of in that one's place.
#define COIL_NAMES_ONLY_BEGIN      \
    _Pragma("GCC diagnostic push") \
        _Pragma("GCC diagnostic ignored \"-Wnon-virtual-dtor\"")
#define COIL_NAMES_ONLY_END _Pragma("GCC diagnostic pop")

#if defined(COIL_UNDEFINE_HAS_FEATURE)
#undef __has_feature
#undef COIL_UNDEFINE_HAS_FEATURE
#endif
