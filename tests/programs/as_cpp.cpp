// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "as_cpp.hpp"

namespace programs {
namespace {

std::string number(std::int64_t value) {
    return std::to_string(value);
}

class printer {
public:
    /// A lambda without captures that gives the node's task.
    std::string work(const node& n) {
        if (n.what == op::seq && n.parts.size() == 1) return work(n.parts[0]);
        const std::string outer = indent_;
        indent_ += "    ";
        const std::string body = statements(n);
        indent_ = outer;
        return "[]() -> local_task<loot> {\n" + body + indent_ + "}";
    }

private:
    std::string line(const std::string& text) { return indent_ + text + "\n"; }
    std::string nothing() { return line("co_return loot();"); }
    std::string given(const std::string& awaited) {
        return line("loot given = co_await " + awaited + ";") +
               line("co_return given;");
    }
    std::string call(const node& n) { return work(n) + "()"; }
    std::string calls(const node& n) {
        std::string text;
        for (const node& part : n.parts)
            text += (text.empty() ? "" : ", ") + call(part);
        return text;
    }
    std::string resource(const node& drop) { return "resource(" + work(drop) + ")"; }
    std::string body(const node& n) {
        return "[](auto&...) { return " + call(n) + "; }";
    }
    static std::string pause(const node& n) { return number(n.pause.count()) + "ns"; }
    static std::string of(const char* what, const node& n) {
        return what + ("[" + number(n.number) + "]");
    }

    std::string leaf(const node& n) {
        switch (n.what) {
            case op::sleep: return "co_await sleep(" + pause(n) + ");";
            case op::yield: return "co_await yield_now();";
            case op::never: return "co_await testing::never();";
            case op::late:
                return "co_await late(" + pause(n) + ", late_end(" +
                       number(n.number % 3) + "));";
            case op::foreign: return "co_await foreign(" + pause(n) + ");";
            case op::fail: return "fail();";
            case op::stop_here: return "co_await stop_here();";
            case op::ask_stop:
                return std::string("co_await ask_stop(stop_level::") +
                       (n.number == 1 ? "hard" : "soft") + ");";
            case op::set: return of("events", n) + ".set();";
            case op::wait: return "co_await " + of("events", n) + ".wait();";
            case op::send:
                return "(void)co_await " + of("queues", n) + ".send(" + number(n.id) +
                       ");";
            case op::receive:
                return "(void)co_await " + of("queues", n) + ".receive();";
            default: return of("queues", n) + ".close();";
        }
    }
    std::string statements(const node& n) {
        if (n.what == op::open) return line("co_return " + resource(n.parts[0]) + ";");
        if (is_leaf(n.what)) return line(leaf(n)) + nothing();
        switch (n.what) {
            case op::seq: {
                std::string text;
                for (const node& part : n.parts)
                    text += line("co_await run(" + call(part) + ");");
                return text + nothing();
            }
            case op::for_each:
                return line("co_await (" + stream(n.parts[0]) +
                            " | for_each([](int) { return run(" + call(n.parts[1]) +
                            "); }));") +
                       nothing();
            case op::loop: return loop(n);
            case op::for_loop: return for_loop(n);
            case op::collect:
                return line("(void)co_await (" + stream(n.parts[0]) +
                            " | collect<std::vector>());") +
                       nothing();
            case op::own:
                return line("co_await own(" + resource(n.parts[0]) + ");") +
                       line("loot given = co_await " + call(n.parts[1]) + ";") +
                       line("co_await own(" + resource(n.parts[2]) + ");") +
                       line("co_return given;");
            default: return combinator(n);
        }
    }
    std::string loop(const node& n) {
        return line("co_await with(any_ints(" + stream(n.parts[0]) +
                    "), [](any_ints& items) -> local_task<> {") +
               line("    while (co_await items.next())") +
               line("        co_await run(" + call(n.parts[1]) + ");") + line("});") +
               nothing();
    }
    std::string for_loop(const node& n) {
        // GCC 14 cannot find the type of the loop's stream among so many lambdas.
        return line("int count = 0;") +
               line("any_ints source(" + stream(n.parts[0]) + ");") +
               line("COIL_FOR([[maybe_unused]] int item, std::move(source)) {") +
               line("    if (++count == " + number(n.number) + ") break;") +
               line("    co_await run(" + call(n.parts[1]) + ");") + line("}") +
               nothing();
    }
    std::string combinator(const node& n) {
        const auto& p = n.parts;
        switch (n.what) {
            case op::outcome:
                return line("auto seen = co_await as_outcome(" + calls(n) + ");") +
                       line("if (seen.has_value()) co_await drop(seen.value());") +
                       nothing();
            case op::shield: return given("shield(" + calls(n) + ")");
            case op::once: return given("call_once([] { return " + calls(n) + "; })");
            case op::timeout:
                return line("auto given = co_await with_timeout(" + pause(n) + ", " +
                            calls(n) + ");") +
                       line("if (given) co_return std::move(*given);") + nothing();
            case op::with:
                return given("with(" + resource(p[0]) + ", " + body(p[1]) + ")");
            case op::with_two:
                return given("with(" + resource(p[0]) + ", " + resource(p[1]) + ", " +
                             body(p[2]) + ")");
            case op::with_made:
                return given("with([] { return make(" + call(p[0]) + ", " + work(p[1]) +
                             "); }, " + body(p[2]) + ")");
            case op::owned:
                return given("use(" + resource(p[0]) + ", " + work(p[1]) + ")");
            case op::group: return group(n);
            case op::join:
                return line("auto all = co_await join(" + calls(n) + ");") +
                       line("co_await drop(all);") + nothing();
            case op::join_outcomes:
                return line("auto [a, b] = co_await join_outcomes(" + calls(n) + ");") +
                       line("if (b.has_value()) co_await drop(b.value());") +
                       line("if (a.has_value()) co_await drop(a.value());") + nothing();
            default:
                return line("auto won = co_await race(" + calls(n) + ");") +
                       line("co_return std::move(*won);");
        }
    }
    std::string group(const node& n) {
        std::string text =
            line("loot given = co_await with_group({.limit = " + number(n.number) +
                 "}, []([[maybe_unused]] group& g) {");
        for (std::size_t i = 1; i < n.parts.size(); ++i)
            text += line("    g.spawn(run(" + call(n.parts[i]) + "));");
        return text + line("    return " + call(n.parts[0]) + ";") + line("});") +
               line("co_return given;");
    }

    std::string items(const node& n, std::size_t from) {
        std::string text;
        for (std::size_t i = from; i < n.parts.size(); ++i)
            text += (text.empty() ? "" : ", ") + work(n.parts[i]);
        return "{" + text + "}";
    }
    std::string stream(const node& n) {
        const auto& p = n.parts;
        switch (n.what) {
            case op::generator: return "items(" + items(n, 0) + ")";
            case op::owning:
                return "owned_items(" + resource(p[0]) + ", " + items(n, 1) + ")";
            case op::delegate: {
                std::string all;
                for (const node& part : p)
                    all += (all.empty() ? "" : ", ") + stream(part);
                return "delegate(" + all + ")";
            }
            case op::queue:
                return "(" + of("queues", n) + " | take(" + number(queue_items_max) +
                       "))";
            case op::take:
                return "(" + stream(p[0]) + " | take(" + number(n.number) + "))";
            case op::map:
                return "(" + stream(p[0]) +
                       " | map([](int item) -> local_task<int> { co_await run(" +
                       call(p[1]) + "); co_return item + 1; }))";
            case op::filter:
                return "(" + stream(p[0]) +
                       " | filter([](int item) -> local_task<bool> { co_await run(" +
                       call(p[1]) + "); co_return item % 2 == 1; }))";
            default: break;
        }
        if (p[0].what == op::queue && p[1].what == op::queue) {
            return "(merge(" + of("queues", p[0]) + ", " + of("queues", p[1]) +
                   ") | take(" + number(queue_items_max) + "))";
        }
        return "merge(any_ints(" + stream(p[0]) + "), any_ints(" + stream(p[1]) + "))";
    }

    std::string indent_ = "    ";
};

}  // namespace

std::string as_cpp(const program& shown, const std::string& name) {
    std::string text;
    for (const planned_stop& stop : shown.stops) {
        if (stop.piece == 0) continue;
        text += std::string("// a ") + (stop.is_hard ? "hard" : "soft") +
                " stop just before piece " + number(stop.piece) + "\n";
    }
    if (shown.throw_at != 0)
        text += "// throws at place " + number(shown.throw_at) + "\n";
    if (shown.order != 0)
        text += "// pieces in the order of seed " +
                number(static_cast<std::int64_t>(shown.order)) + "\n";
    return text + "local_task<loot> " + name + "() {\n    return " +
           printer().work(shown.root) + "();\n}\n";
}

}  // namespace programs
