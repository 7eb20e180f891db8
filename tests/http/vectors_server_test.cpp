// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A server answers every vector as it says, over real sockets, however it is cut.
#include <coil/http/cookies.hpp>
#include <coil/time/sleep.hpp>

#include "vector_limits.hpp"
#include "vectors.hpp"
#include "wire_client.hpp"

#include <algorithm>
#include <cstdio>

using namespace coil;
using namespace coil::http;
using namespace std::chrono_literals;

namespace {

generator<std::string> one_and_two() {
    co_yield "one";
    co_yield "two";
}

response cookie_named(request& asked, std::string_view name) {
    const auto found = find_cookie(asked.head().fields, name);
    return found ? response::text(std::string(*found)) : response::not_found();
}

response with_cookie(std::string_view name_and_value) {
    const std::size_t equals = name_and_value.find('=');
    response made;
    try {
        add_cookie(made.fields, {.name = name_and_value.substr(0, equals),
                                 .value = name_and_value.substr(equals + 1)});
        add_cookie(made.fields, {.name = "second", .value = "2", .max_age = 60s});
    } catch (const std::invalid_argument&) {
        return response::of(status::unprocessable_content);
    }
    return made;
}

response told(request& asked, std::string body) {
    response made = response::text(std::move(body));
    const request_head& head = asked.head();
    const auto tell = [&made](std::string_view name, std::string_view value) {
        if (!value.empty()) made.fields.add(name, value);
    };
    tell("Method", head.method_text);
    tell("Path", head.path);
    tell("Query", head.query);
    tell("Authority", head.authority);
    tell("Version", head.version == version::http_1_1 ? "1.1" : "1.0");
    for (const field_view& field : head.fields) {
        if (field.name.front() != 'X') continue;
        made.fields.add(
            "Got",
            std::string(field.name).append("=[").append(field.value).append("]"));
    }
    return made;
}

// Echoes bodies and tells what it saw, or does as the path says.
task<response> answer_vectors(request& asked) {
    const std::string_view path = asked.path();
    if (path == "/unread") co_return told(asked, "unread");
    std::string body = co_await asked.read_body();
    if (path.starts_with("/cookie/")) co_return cookie_named(asked, path.substr(8));
    if (path == "/set") co_return with_cookie(asked.query());
    if (path == "/stream") co_return response::streaming(one_and_two(), "text/plain");
    if (path == "/none") co_return response::of(status::no_content);
    if (path == "/same") co_return response::of(status::not_modified);
    if (path == "/reset") co_return response::of(status::reset_content);
    if (path == "/close") co_return response{}.with_field("Connection", "close");
    if (path == "/fail") throw std::runtime_error("a bug");
    co_return told(asked, std::move(body));
}

/// Where the client's bytes are cut: not at all, at one place, or everywhere.
struct cuts {
    std::size_t at = 0;
    bool are_everywhere = false;
    [[nodiscard]] bool is_after(std::size_t count) const noexcept {
        return are_everywhere || count == at;
    }
};

/// A client that plays one vector on a connection of its own.
class player {
public:
    player(const server& at, const request_vector& played, cuts where) noexcept
        : server_(at),
          vector_(played),
          cuts_(where) {}

    /// What went wrong; empty if nothing did.
    task<std::string> play() {
        client_.emplace(co_await connect_to(server_));
        for (const vector_step& step : vector_.steps) {
            co_await take(step);
            if (!trouble_.empty()) break;
        }
        if (trouble_.empty() && !vector_.ends()) co_await probe();
        client_->vanish();  // leaves no socket behind that waits
        co_return std::move(trouble_);
    }

private:
    task<> take(const vector_step& step) {
        switch (step.kind) {
            case step_kind::send: co_await send(step.text); break;
            case step_kind::half_close:
                client_->stream().shutdown();
                has_left_ = true;
                break;
            case step_kind::answer: co_await expect_answer(step); break;
            case step_kind::head: co_await expect_answer(step); break;
            case step_kind::has_field:
                expect(last_.has(step.text), "lacks " + step.text + "\n" + last_.head);
                break;
            case step_kind::no_field:
                expect(last_.head.find("\r\n" + step.text + ":") == std::string::npos,
                       "has " + step.text + "\n" + last_.head);
                break;
            case step_kind::end: co_await expect_end(); break;
        }
    }

    task<> send(std::string_view bytes) {
        std::string piece;
        for (const char c : bytes) {
            piece += c;
            ++sent_;
            if (!cuts_.is_after(sent_)) continue;
            co_await client_->send(std::exchange(piece, {}));
            co_await coil::sleep(1ns);  // lets the server read it
        }
        co_await client_->send(std::move(piece));
    }

    task<> expect_answer(const vector_step& step) {
        last_ = co_await client_->receive(step.kind != step_kind::head);
        // Sent or not, as the body comes late or early.
        while (last_.status == 100 && step.status != 100) {
            last_ = co_await client_->receive(step.kind != step_kind::head);
        }
        expect(last_.is_whole, "an answer is cut, or missing");
        expect(last_.status == step.status, "answered " + std::to_string(last_.status) +
                                                ", not " + std::to_string(step.status));
        if (step.status < 300) {
            expect(last_.body == step.text, "the body is [" + last_.body + "]");
        }
    }

    task<> expect_end() {
        expect(has_left_ || last_.closes(), "does not say that it closes");
        const std::string rest = co_await client_->rest();
        expect(rest.empty(), "then came " + rest);
        expect(!client_->was_reset(), "the connection was reset");
    }

    // Nobody is out of step: the next request is answered, and as itself.
    task<> probe() {
        co_await client_->send(asking("GET /probe"));
        const answer got = co_await client_->receive();
        expect(got.has("Path: /probe"),
               "the next request is answered " + std::to_string(got.status) + got.body);
    }

    void expect(bool condition, const std::string& otherwise) {
        if (!condition && trouble_.empty()) trouble_ = otherwise;
    }

    const server& server_;
    const request_vector& vector_;
    cuts cuts_;
    std::size_t sent_ = 0;
    std::optional<wire_client> client_;
    answer last_;
    bool has_left_ = false;
    std::string trouble_;
};

task<std::string> played(const server& at, const request_vector& vector, cuts where) {
    player one(at, vector, where);
    auto trouble = co_await with_timeout(10s, one.play());
    co_return trouble ? std::move(*trouble) : std::string("waited in vain");
}

/// The vector after a good request, in one piece with it.
request_vector pipelined(const request_vector& vector) {
    request_vector made = vector;
    const std::size_t first = made.steps.front().kind == step_kind::send ? 1 : 0;
    if (first == 0) made.steps.insert(made.steps.begin(), vector_step{});
    made.steps.front().text.insert(
        0, "POST /g HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\nhi");
    made.steps.insert(made.steps.begin() + 1,
                      {.kind = step_kind::answer, .text = "hi", .status = 200});
    return made;
}

/// Plays every vector in the ways that `ways(vector)` tells.
template <class Ways>
void play_all(const Ways& ways) {
    const auto client = [&](server& at) -> task<> {
        for (const request_vector& vector : all_request_vectors()) {
            CAPTURE(vector.name);
            for (const cuts& where : ways(vector)) {
                CAPTURE(where.at);
                const std::string trouble = co_await played(at, vector, where);
                CHECK(trouble == "");
                if (!trouble.empty()) break;
            }
        }
    };
    serve_to(vector_limits(), answer_vectors, client);
}

}  // namespace

TEST_CASE("vectors: each is told by its own name, and there are 250 of them") {
    std::vector<std::string_view> names;
    for (const std::string_view category : vector_categories) {
        std::size_t count = 0;
        for (const request_vector& vector : all_request_vectors()) {
            if (vector.category != category) continue;
            CAPTURE(vector.name);
            CHECK(!vector.steps.empty());
            CHECK(vector.answer_count() + (vector.ends() ? 1U : 0U) > 0);
            names.push_back(vector.name);
            ++count;
        }
        std::printf("%-14s %zu vectors\n", category.data(), count);
        CHECK(count >= 25);
    }
    std::printf("%-14s %zu vectors\n", "all", names.size());
    CHECK(names.size() >= 250);
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

TEST_CASE("server: every vector is answered as it says, sent whole or byte by byte") {
    play_all([](const request_vector&) {
        return std::vector<cuts>{{}, {.are_everywhere = true}};
    });
}

TEST_CASE("server: every vector is answered as it says, in two pieces cut anywhere") {
    play_all([](const request_vector& vector) {
        std::vector<cuts> all;
        const std::size_t size = vector.bytes().size();
        for (std::size_t at = 1; at < size; ++at) all.push_back({.at = at});
        return all;
    });
}

TEST_CASE("server: every vector is answered as it says, after a pipelined request") {
    const auto client = [](server& at) -> task<> {
        for (const request_vector& vector : all_request_vectors()) {
            CAPTURE(vector.name);
            const std::string trouble = co_await played(at, pipelined(vector), {});
            CHECK(trouble == "");
        }
    };
    serve_to(vector_limits(), answer_vectors, client);
}
