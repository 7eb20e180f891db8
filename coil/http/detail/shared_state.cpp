// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/strand.hpp>
#include <coil/http/detail/shared_state.hpp>
#include <coil/http/response_writer.hpp>

#include <algorithm>
#include <utility>

namespace coil::http::detail {

memory_store::memory_store() {
    kept_.reserve(kept_max);  // so that giving back needs no memory
}

memory_store::memory memory_store::take_kept() noexcept {
    if (kept_.empty()) return {};
    memory kept = std::move(kept_.back());
    kept_.pop_back();
    return kept;
}

void memory_store::keep(memory& used) noexcept {
    if (kept_.size() < kept_max) kept_.push_back(std::move(used));
}

date_cache::date_cache()
    : timer([](timer& due) noexcept { static_cast<date_cache&>(due).text_.clear(); }),
      // tidy: HTTP's dates are calendar time, which no driver has
      start_(std::chrono::system_clock::now()),
      begun_(now()),
      no_more_at_(begun_) {}

const std::string& date_cache::text() {
    const executor& here = strand::current()->runs_on();
    const bool is_shared = here.is_parallel();
    if (!text_.empty() && !(is_shared && now() >= no_more_at_)) return text_;
    const auto wall =
        std::chrono::floor<std::chrono::seconds>(start_ + (now() - begun_));
    no_more_at_ = begun_ + (wall + std::chrono::seconds(1) - start_);
    text_.clear();
    append_date(text_, wall);
    if (!is_shared) here.timers()->arm(*this, no_more_at_);
    return text_;
}

std::optional<shared_state::place> shared_state::try_open(const address_key& from,
                                                          bool is_exempt) {
    const guard held(lock_);
    const auto found = per_address_.find(from);
    const bool has_room = stats_.open < limits_.connections_max &&
                          (is_exempt || found == per_address_.end() ||
                           found->second < limits_.connections_per_address_max);
    if (!has_room) {
        ++stats_.refused;
        return std::nullopt;
    }
    const place taken = per_address_.try_emplace(from, 0).first;
    ++taken->second;
    ++stats_.open;
    ++stats_.connections;
    return taken;
}

bool shared_state::close(place closed) noexcept {
    const guard held(lock_);
    if (--closed->second == 0) per_address_.erase(closed);
    return --stats_.open == 0 && is_closing_;
}

bool shared_state::close_all() noexcept {
    const guard held(lock_);
    is_closing_ = true;
    return stats_.open == 0;
}

bool shared_state::try_begin() noexcept {
    const guard held(lock_);
    if (stats_.in_flight >= limits_.requests_in_flight_max) {
        ++stats_.shed;
        return false;
    }
    ++stats_.in_flight;
    stats_.in_flight_peak = std::max(stats_.in_flight_peak, stats_.in_flight);
    return true;
}

shared_state::memory shared_state::take_memory() {
    memory taken;
    {
        const guard held(lock_);
        taken = spare_.take_kept();
    }
    return taken ? std::move(taken) : std::make_unique<working_memory>(limits_);
}

void shared_state::give_back(memory used) noexcept {
    used->make_blank();
    const guard held(lock_);
    spare_.keep(used);
}  // what there was no room for is freed without the lock

std::string_view shared_state::date(date_text& into) {
    const guard held(lock_);
    const std::string& text = date_.text();
    std::copy(text.begin(), text.end(), into.begin());
    return {into.data(), text.size()};
}

}  // namespace coil::http::detail
