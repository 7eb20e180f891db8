// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/as_outcome.hpp>
#include <coil/core/detail/type_name.hpp>
#include <coil/core/drop_traits.hpp>

namespace coil::detail {

[[noreturn]] void drop_failed(const char* type) noexcept;

/// How large the frame of `T::async_drop()` is; a guess before the first was made.
template <class T>
inline drop_frame_size drop_frame = {};

/// Memory for a drop, taken before its time and given back when it begins: the frame
/// source has a block of that size then, even if the heap has none left.
class drop_reserve {
public:
    drop_reserve() = default;
    drop_reserve(const drop_reserve&) = delete;
    drop_reserve& operator=(const drop_reserve&) = delete;
    ~drop_reserve() { release(); }

    /// Throws: `std::bad_alloc`.
    void take(std::size_t size) {
        block_ = allocate_frame(size);
        size_ = size;
    }
    void release() noexcept {
        if (block_ != nullptr) release_frame(std::exchange(block_, nullptr), size_);
    }

private:
    void* block_ = nullptr;
    std::size_t size_ = 0;
};

/// Calls and runs one object's `async_drop`, shielded. Memory for it can be taken
/// ahead, by `prepare`.
template <class T>
class drop_call {
    using call_type = drop_call_t<T>;
    static constexpr bool has_frame =
        requires { typename std::remove_cvref_t<call_type>::promise_type; };

public:
    drop_call() noexcept {}
    drop_call(const drop_call&) = delete;
    drop_call& operator=(const drop_call&) = delete;
    ~drop_call() {
        if (is_made_) call_.~stored();
    }

    /// Throws: `std::bad_alloc`.
    void prepare() {
        if constexpr (has_frame) reserve_.take(drop_frame<T>.get());
    }

    /// Returns what to run next; `parent` is told when the drop has ended.
    std::coroutine_handle<> begin(T& object, exit_reason why,
                                  continuation parent) noexcept {
        parent_ = parent;
        scope_.open_shielded(parent.scope());
        reserve_.release();
#if COIL_EXCEPTIONS
        try {
            make(object, why);
        } catch (...) {
            drop_failed(type_name<T>());
        }
#else
        make(object, why);
#endif
        return child_.begin(std::forward<call_type>(call()), scope_);
    }

    [[nodiscard]] continuation parent() const noexcept { return parent_; }
    static constexpr const char* what = "async_drop";

private:
    using stored = std::conditional_t<std::is_reference_v<call_type>,
                                      std::remove_reference_t<call_type>*, call_type>;

    void make(T& object, exit_reason why) {
        const learn_drop_frame learning(&object, drop_frame<T>);
        if constexpr (std::is_reference_v<call_type>) {
            call_ = std::addressof(call_drop(object, why));
        } else {
            ::new (static_cast<void*>(std::addressof(call_)))
                call_type(call_drop(object, why));
        }
        is_made_ = true;
    }
    auto& call() noexcept {
        if constexpr (std::is_reference_v<call_type>) {
            return *call_;
        } else {
            return call_;
        }
    }
    std::coroutine_handle<> finish() noexcept {
        if (child_.result.has_error()) drop_failed(type_name<T>());
        scope_.close();
        return parent_.complete();
    }
    continuation parent_;
    nested_scope scope_;
    union {
        stored call_;
    };
    // A drop that stops itself counts as done.
    part<child<call_type>, drop_call, &drop_call::finish, &drop_call::finish> child_{
        *this};
    drop_reserve reserve_;
    bool is_made_ = false;
};

}  // namespace coil::detail
