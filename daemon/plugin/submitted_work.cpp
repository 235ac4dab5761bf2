#include "plugin/submitted_work.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "plugin/fence.hpp"

namespace exo::plugin {

exo_status SubmittedWork::enter() {
    if (in_flight_.enter(most_at_once)) return EXO_DONE;
    return in_flight_.closed() ? EXO_E_SHUTDOWN : EXO_E_LIMIT;
}

void SubmittedWork::run(Function work, void* argument) {
    if (const auto done = fenced([&] { work(argument); }); !done) on_throw_(done.error().message);
    in_flight_.leave();
}

exo_status SubmittedWork::submit(Function work, void* argument) {
    if (work == nullptr) return EXO_E_ARGUMENT;
    if (const auto entered = enter(); entered != EXO_DONE) return entered;
    boost::asio::post(pool_, [this, work, argument] { run(work, argument); });
    return EXO_DONE;
}

exo_status SubmittedWork::submit_after(std::uint64_t delay_ms, Function work, void* argument) {
    if (work == nullptr || delay_ms > static_cast<std::uint64_t>(longest_delay.count()))
        return EXO_E_ARGUMENT;
    if (const auto entered = enter(); entered != EXO_DONE) return entered;
    const std::lock_guard lock(mutex_);
    const auto timer = timers_.emplace(timers_.end(), pool_.get_executor());
    const std::chrono::milliseconds delay(delay_ms);
    timer->expires_after(hurried_ ? std::min(delay, hurried_delay) : delay);
    // Cancelled means that the delay ends early, not that the work is dropped: it was promised.
    timer->async_wait([this, timer, work, argument](const boost::system::error_code&) {
        {
            const std::lock_guard erasing(mutex_);
            timers_.erase(timer);
        }
        run(work, argument);
    });
    return EXO_DONE;
}

void SubmittedWork::hurry() {
    const std::lock_guard lock(mutex_);
    hurried_ = true;  // under the lock: a timer is either listed before this or hurried itself
    for (auto& timer : timers_) timer.cancel();
}

bool SubmittedWork::close(std::chrono::steady_clock::time_point until) {
    in_flight_.close();
    hurry();
    return in_flight_.wait_idle(until);
}

}  // namespace exo::plugin
