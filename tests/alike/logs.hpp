// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>
#include <coil/time/timer.hpp>

#include <concepts>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace alike {

/// What a program says that it does: one line after the other.
class journal {
public:
    journal() = default;
    journal(const journal&) = delete;
    journal& operator=(const journal&) = delete;

    /// Adds a line: words and numbers.
    template <class... Words>
    void operator()(const Words&... words) {
        (add(words), ...);
        text_ += '\n';
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

protected:
    ~journal() = default;

private:
    template <class Word>
    void add(const Word& word) {
        if (!text_.empty() && text_.back() != '\n') text_ += ' ';
        if constexpr (std::convertible_to<const Word&, std::string_view>) {
            text_ += std::string_view(word);
        } else {
            text_ += std::to_string(word);
        }
    }

    std::string text_;
};

/// Handed to the half of a pair that consists of ordinary functions. Its type tells the
/// two halves, which share their names, apart.
class sync_log final : public journal {};

/// How a program's awaits end.
enum class pace : std::uint8_t { ready, gives_way, sleeps, drawn };

/// Handed to the half of a pair that consists of tasks.
class async_log final : public journal {
public:
    class pausing;

    async_log(pace how, std::uint32_t seed) : how_(how), draws_(seed) {}

    /// Waits where a function would go on: not at all, for a turn, or for a while.
    [[nodiscard]] pausing pause();
    [[nodiscard]] int pauses() const noexcept { return pauses_; }

private:
    pace next_pace();

    pace how_;
    std::minstd_rand draws_;
    int pauses_ = 0;
};

class async_log::pausing : public coil::leaf_of<pausing>, coil::timer {
public:
    static constexpr const char* what = "pause";
    explicit pausing(pace how) noexcept : timer(fired), how_(how) {}
    pausing(pausing&& other) noexcept : pausing(other.how_) {}
    void await_resume() const noexcept {}

private:
    friend leaf_of<pausing>;
    [[nodiscard]] bool try_now() const noexcept { return how_ == pace::ready; }
    void start() noexcept;
    coil::stop_answer on_stop() noexcept;
    static void fired(timer& due) noexcept { static_cast<pausing&>(due).complete(); }

    pace how_;
};

inline async_log::pausing async_log::pause() {
    ++pauses_;
    return pausing(next_pace());
}

}  // namespace alike
