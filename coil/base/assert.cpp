// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>

#include <cstdio>
#include <cstdlib>

namespace coil {

void fatal(const char* first, const char* second, const char* third) noexcept {
    std::fprintf(stderr, "coil: %s%s%s\n", first, second, third);
    std::abort();
}

void detail::fail(const breach& what) noexcept {
    std::fprintf(stderr, "coil: %s:%d: %s %s\n", what.file, what.line, what.word,
                 what.text);
    std::abort();
}

void detail::fail(const char* word, const char* text, const char* file,
                  int line) noexcept {
    fail({word, text, file, line});
}

}  // namespace coil
