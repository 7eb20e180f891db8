// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// What COIL_INTERFACE does, by C++26's reflection: an interface is an ordinary class
// that declares its functions, and there is no macro. For GCC 16, `-std=c++26
// -freflection`.

#include <meta>
#include <string_view>
#include <utility>
#include <vector>

namespace by_reflection {

/// One function of an object whose type is gone; called as the function itself is.
template <class Signature>
struct bound;
template <class R, class... A>
struct bound<R(A...)> {
    void* object;
    R (*function)(void* object, A... args);
    R operator()(A... args) const { return function(object, std::forward<A>(args)...); }

    /// Calls `Method` of a `T`: another class', which has the same name.
    template <class T, std::meta::info Method>
    static R call(void* object, A... args) {
        return static_cast<T*>(object)->[:Method:](std::forward<A>(args)...);
    }
};
template <class R, class... A>
struct bound<R(A...) const> : bound<R(A...)> {};

consteval bool is_method(std::meta::info member) {
    return is_function(member) && has_identifier(member) && !is_static_member(member) &&
           !is_special_member_function(member);
}
consteval std::vector<std::meta::info> methods_of(std::meta::info type) {
    std::vector<std::meta::info> found;
    for (const std::meta::info member :
         members_of(type, std::meta::access_context::current())) {
        if (is_method(member)) found.push_back(member);
    }
    return found;
}
/// The function of `type` that has the name of this one, and its type.
consteval std::meta::info method_like(std::meta::info type, std::meta::info method) {
    for (const std::meta::info found : methods_of(type)) {
        if (identifier_of(found) == identifier_of(method) &&
            type_of(found) == type_of(method))
            return found;
    }
    throw std::meta::exception("this type lacks a function of the interface", method);
}

/// The members of a reference to an object behind an interface: for each function one
/// of its name.
template <class Interface>
struct calls_of {
    struct type;
    consteval {
        std::vector<std::meta::info> members;
        for (const std::meta::info method : methods_of(^^Interface)) {
            members.push_back(data_member_spec(substitute(^^bound, {type_of(method)}),
                                               {.name = identifier_of(method)}));
        }
        define_aggregate(^^type, members);
    }
};

/// Refers to an object of any type that has the functions of `Interface`.
template <class Interface>
struct ref : calls_of<Interface>::type {
    using calls = calls_of<Interface>::type;
    template <class T>
    ref(T& object) {
        static constexpr auto methods =
            std::define_static_array(methods_of(^^Interface));
        static constexpr auto places = std::define_static_array(
            nonstatic_data_members_of(^^calls, std::meta::access_context::unchecked()));
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (place<places[I], T, method_like(^^T, methods[I])>(object), ...);
        }(std::make_index_sequence<methods.size()>());
    }

private:
    template <std::meta::info Place, class T, std::meta::info Method>
    void place(T& object) {
        auto& filled = static_cast<calls&>(*this).[:Place:];
        filled.object = &object;
        filled.function =
            &std::remove_reference_t<decltype(filled)>::template call<T, Method>;
    }
};

}  // namespace by_reflection
