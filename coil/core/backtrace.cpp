// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/backtrace.hpp>

namespace coil {

namespace {

void append_frame(std::string& text, const detail::promise_base& frame) {
    text += "  in ";
    text += frame.where.function_name();
    text += "  ";
    text += frame.where.file_name();
    text += ':';
    text += std::to_string(frame.where.line());
    text += '\n';
}

// Deeper chains, and more of them, help nobody who reads the report.
constexpr unsigned lines_max = 100;
constexpr unsigned chains_max = 50;

void append_chain(std::string& text, continuation at) {
    for (unsigned lines = 0; at; ++lines) {
        if (lines == lines_max) {
            text += "  in ...\n";
            return;
        }
        if (at.is_branch()) {
            text += "  in ";
            text += at.as_branch().ops->what;
            text += '\n';
            at = at.as_branch().ops->parent(at.as_branch());
        } else {
            append_frame(text, at.as_frame());
            at = at.as_frame().up->parent;
        }
    }
}

class appender : public waiting_visitor, public strand_visitor {
public:
    void waits(const piece& waiting) override {
        if (++chains_ == chains_max) text += "... and more\n";
        if (chains_ >= chains_max) return;
        text += backtrace(waiting);
        if (waiting.ops().visit != nullptr) waiting.ops().visit(waiting, *this);
    }
    void visit(strand& found) override { found.visit_waiting(*this); }
    std::string text;

private:
    unsigned chains_ = 0;
};

}  // namespace

std::string backtrace(const piece& waiting) {
    std::string text = "waits for ";
    text += waiting.ops().what;
    text += '\n';
    if (waiting.ops().parent != nullptr)
        append_chain(text, waiting.ops().parent(waiting));
    return text;
}

std::string backtrace(strand& from) {
    appender all;
    all.visit(from);
    return std::move(all.text);
}

std::string backtrace_here::await_resume() const {
    std::string text;
    append_chain(text, parent_);
    return text;
}

}  // namespace coil
