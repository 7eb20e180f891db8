// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/spawned.hpp>
#include <coil/core/task.hpp>
#include <coil/runtime/detail/work_queue.hpp>

#include "all_models.hpp"

#include <deque>
#include <unordered_map>

namespace coil::models {

/// A mailbox to which nobody posts: strands of many threads have inboxes of their own.
struct no_mailbox : mailbox {
    void notify() noexcept override {}
};

/// Gives strands their turns in the threads of a model: real ones, whose code is built
/// with the checker's words. Each strand keeps to one thread, so that there are fewer
/// orders to look at; what a strand does on several, one after the other, the models of
/// inboxes show.
class crew {
public:
    explicit crew(std::size_t threads, timer_service* timers = nullptr);

    /// Makes a strand of the thread `on`, while the model is made.
    template <class A>
    void start(std::size_t on, A&& work) {
        auto made = std::make_unique<root<A>>(*this, on, std::forward<A>(work));
        strand& made_strand = *made;
        roots_.push_back(std::move(made));
        begin(made_strand, on);
    }
    /// Strands that begin from now on have these threads, one after the other.
    void spread(std::vector<std::size_t> threads) { for_new_ = std::move(threads); }
    /// Strands that begin from now on on this thread lie in a queue of its own, where
    /// the others take them from.
    void lend_from(std::size_t thread) { lent_ = std::make_unique<lending>(thread); }

    /// What the thread does: until all have ended.
    void work(std::size_t thread);
    /// A program of nothing but strands, on as many threads.
    [[nodiscard]] program working(std::function<void()> after);

    /// Asks the strand that was started as the `index`th to stop. Threads: any.
    void stop(std::size_t index) { roots_[index]->strand_of_it().ask_to_stop(); }
    [[nodiscard]] bool was_stopped(std::size_t index) const {
        return roots_[index]->is_stopped;
    }
    [[nodiscard]] bool has_failed(std::size_t index) const {
        return roots_[index]->has_error;
    }
    [[nodiscard]] bool have_ended() const { return left_ == 0; }
    [[nodiscard]] executor& on(std::size_t thread) { return *places_[thread]; }

private:
    struct place final : executor {
        place(crew& all, std::size_t thread, timer_service* timers);
        void schedule(strand& ready) noexcept override { of.schedule(ready); }
        [[nodiscard]] bool wants_more() const noexcept override { return true; }
        crew& of;
        std::size_t number;
        no_mailbox nothing;
        std::deque<strand*> queue;
        handed_over order;
    };
    /// What a worker's queue is to the others.
    struct lending {
        explicit lending(std::size_t thread) : from(thread) {}
        std::size_t from;
        std::size_t count = 0;
        detail::basic_work_queue<strand, 4> queue;
        detail::basic_work_queue<strand, 4> thiefs;  // stays empty
    };
    struct any_root {
        virtual ~any_root() = default;
        virtual strand& strand_of_it() noexcept = 0;
        bool is_stopped = false;
        bool has_error = false;
    };
    template <class A>
    struct root final : any_root, strand_of<A, root<A>> {
        root(crew& all, std::size_t on, A&& work)
            : strand_of<A, root>(all.on(on), std::forward<A>(work)),
              of(all) {}
        strand& strand_of_it() noexcept override { return *this; }
        void ended() noexcept {
            this->is_stopped = this->result().is_stopped();
            this->has_error = this->result().has_error();
            --of.left_;
            of.ends_.give();
        }
        void asked_to_stop() noexcept {
            this->strand::root().request_stop(stop_reason::requested);
        }
        crew& of;
    };

    void begin(strand& made, std::size_t on);
    void schedule(strand& ready) noexcept;
    std::size_t thread_of(strand& known);
    strand* take_work(std::size_t thread);
    [[nodiscard]] bool has_lent() const { return lent_ && lent_->count != 0; }
    strand* take_lent(std::size_t thread);

    std::vector<std::unique_ptr<place>> places_;
    std::vector<std::unique_ptr<any_root>> roots_;
    std::unordered_map<strand*, std::size_t> threads_;
    std::vector<std::size_t> for_new_;
    std::size_t next_new_ = 0;
    std::unique_ptr<lending> lent_;
    std::size_t left_ = 0;
    handed_over ends_;
};

/// A model of strands, whose data has a `crew all`.
template <class Data, class Make>
model strands_model(std::string name, std::vector<const char*> finds, Make make,
                    int switches = 2) {
    model made = model_of<Data>(std::move(name), std::move(make), switches);
    made.finds = std::move(finds);
    return made;
}

}  // namespace coil::models
