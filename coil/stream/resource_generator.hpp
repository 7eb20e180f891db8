// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/generator.hpp>

namespace coil {

/// A generator that may hold what needs an async drop: `own`ed objects and `owned`
/// parameters. So it has an async destructor itself, which unwinds it from where it is
/// suspended and awaits its drops.
///
/// Give it by value to `for_each` or `collect`, or keep it with `with`. One that is
/// destroyed with drops in it ends the program: so make whatever may throw beside it in
/// the same expression, another frame for example, before it.
///
/// \snippet coil/stream/resource_generator_test.cpp  rows of a query
///
/// Errors, Stop, Allocates: as for `generator`, and what `own` allocates.
template <class T>
using resource_generator =
    basic_generator<T, flavour::movable, generator_kind::resource>;
template <class T>
using local_resource_generator =
    basic_generator<T, flavour::local, generator_kind::resource>;
namespace local {
template <class T>
using resource_generator = local_resource_generator<T>;
}  // namespace local

/// Unwinds a generator that is suspended at a `co_yield`, or was never begun.
template <class T, flavour F, generator_kind K>
class basic_generator<T, F, K>::drop_operation
    : public detail::frame_operation<drop_operation>,
      detail::receiver,
      branch {
public:
    explicit drop_operation(basic_generator& dropped) noexcept
        : branch{nullptr, &table},
          of_(dropped) {}

    std::coroutine_handle<> begin(continuation awaits) noexcept {
        if (of_.outermost_ == nullptr) return awaits.complete();
        parent_ = awaits;
        this->branch::scope = &awaits.scope();
        // The generator may be on the native stack, in its co_yield: the strand's loop
        // comes back to `unwound` when that is empty.
        awaits.scope().home().unwind(continuation(static_cast<branch&>(*this)));
        return std::noop_coroutine();
    }
    void await_resume() const noexcept {}

private:
    std::coroutine_handle<> run() noexcept {
        const bool has_drops = of_.holds_drops();
        promise_type& frame = *of_.give_up_frame();
        if (!has_drops) {
            handle::from_promise(frame).destroy();
            return parent_.complete();
        }
        this->detail::receiver::parent = continuation(static_cast<branch&>(*this));
        frame.up = this;
        frame.enter(*this->branch::scope);
        auto& carried = static_cast<detail::drops&>(*frame.scope);
        return carried.calls->stopped(carried);
    }
    static std::coroutine_handle<> unwound(branch& b) noexcept {
        auto& self = static_cast<drop_operation&>(b);
        return self.of_.outermost_ != nullptr ? self.run() : self.parent_.complete();
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const drop_operation&>(b).parent_;
    }
    static constexpr branch_ops table = {&unwound, &unwound, &parent_of,
                                         "resource_generator"};

    basic_generator& of_;
    continuation parent_;
};

template <class T, flavour F, generator_kind K>
class [[nodiscard("a drop does nothing until it is awaited: write co_await")]]
basic_generator<T, F, K>::drop_recipe {
public:
    static constexpr bool is_local = F == flavour::local;
    explicit drop_recipe(basic_generator& dropped) noexcept : of_(dropped) {}
    drop_operation operator co_await() && noexcept { return drop_operation(of_); }

private:
    basic_generator& of_;
};

}  // namespace coil
