// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>

namespace coil::detail {

/// Part of a literal; a string_view without its header.
struct name_part {
    const char* begin;
    const char* end;

    [[nodiscard]] constexpr std::size_t size() const noexcept {
        return static_cast<std::size_t>(end - begin);
    }
    [[nodiscard]] constexpr bool has(char searched) const noexcept {
        for (const char* at = begin; at != end; ++at)
            if (*at == searched) return true;
        return false;
    }
};

/// The name of `T`, as the compiler writes it.
template <class T>
constexpr name_part name_of() noexcept {
    // "... [T = name]", or "... [with T = name]"
    const char* begin = static_cast<const char*>(__PRETTY_FUNCTION__);
    const char* const end = begin + sizeof(__PRETTY_FUNCTION__) - 2;
    while (*begin != '=') ++begin;
    return {begin + 2, end};
}

/// The same for the message that ends the program.
template <class T>
const char* type_name() noexcept {
    static constexpr name_part name = name_of<T>();
    struct text {
        char letters[name.size() + 1] = {};  // tidy: core does without <array>
        constexpr text() {
            for (std::size_t i = 0; i < name.size(); ++i) letters[i] = name.begin[i];
        }
    };
    static constexpr text copy;
    return static_cast<const char*>(copy.letters);
}

}  // namespace coil::detail
