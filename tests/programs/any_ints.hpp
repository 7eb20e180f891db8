// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/core/discard.hpp>
#include <coil/core/task.hpp>

#include <concepts>
#include <memory>
#include <optional>

namespace programs {

/// A stream of ints whose type is chosen at run time.
template <coil::flavour F>
class basic_any_ints {
public:
    static constexpr bool is_resumable = false;
    using item = coil::basic_task<std::optional<int>, F>;

    template <class Stream>
        requires(!std::same_as<std::remove_cvref_t<Stream>, basic_any_ints>)
    explicit basic_any_ints(Stream&& of)
        : of_(std::make_unique<held<std::remove_cvref_t<Stream>>>(
              std::forward<Stream>(of))) {}
    [[nodiscard]] item next() { return of_->next(); }
    coil::basic_task<void, F> async_drop() { return of_->drop(); }

private:
    struct ints {
        ints() = default;
        ints(const ints&) = delete;
        ints& operator=(const ints&) = delete;
        virtual ~ints() = default;
        virtual item next() = 0;
        virtual coil::basic_task<void, F> drop() = 0;
    };
    template <class Stream>
    class COIL_DROPS held final : public ints {
    public:
        explicit held(Stream of) : of_(std::move(of)) {}
        item next() override {
            auto given = co_await of_.next();
            co_return given;
        }
        coil::basic_task<void, F> drop() override {
            if constexpr (coil::async_droppable<Stream>) co_await coil::drop(of_);
            co_return;
        }

    private:
        Stream of_;
    };
    std::unique_ptr<ints> of_;
};
using any_ints = basic_any_ints<coil::flavour::local>;

}  // namespace programs
