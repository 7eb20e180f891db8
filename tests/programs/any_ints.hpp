// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/discard.hpp>
#include <coil/core/task.hpp>

#include <concepts>
#include <memory>
#include <optional>

namespace programs {

/// A stream of ints whose type is chosen at run time.
class any_ints {
public:
    static constexpr bool is_resumable = false;
    using item = coil::local_task<std::optional<int>>;

    template <class Stream>
        requires(!std::same_as<std::remove_cvref_t<Stream>, any_ints>)
    explicit any_ints(Stream&& of)
        : of_(std::make_unique<held<std::remove_cvref_t<Stream>>>(
              std::forward<Stream>(of))) {}
    [[nodiscard]] item next() { return of_->next(); }
    coil::local_task<> async_drop() { return of_->drop(); }

private:
    struct ints {
        ints() = default;
        ints(const ints&) = delete;
        ints& operator=(const ints&) = delete;
        virtual ~ints() = default;
        virtual item next() = 0;
        virtual coil::local_task<> drop() = 0;
    };
    template <class Stream>
    class held final : public ints {
    public:
        explicit held(Stream of) : of_(std::move(of)) {}
        item next() override {
            auto given = co_await of_.next();
            co_return given;
        }
        coil::local_task<> drop() override {
            if constexpr (coil::async_droppable<Stream>) co_await coil::drop(of_);
            co_return;
        }

    private:
        Stream of_;
    };
    std::unique_ptr<ints> of_;
};

}  // namespace programs
