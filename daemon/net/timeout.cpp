#include "net/timeout.hpp"

#include <utility>

namespace exo::net {

Deadline::Deadline(const boost::asio::any_io_executor& executor, std::function<void()> strike)
    : state_(std::make_shared<State>(executor)) {
    state_->strike = std::move(strike);
}

Deadline::~Deadline() { state_->timer.cancel(); }

void Deadline::set(Clock::time_point at) {
    state_->at = at;
    state_->struck = false;
    if (at < state_->armed) arm(state_);
}

void Deadline::arm(const std::shared_ptr<State>& state) {
    state->armed = state->at;
    state->timer.expires_at(state->at);
    state->timer.async_wait(
        [weak = std::weak_ptr<State>(state)](const boost::system::error_code& error) {
            const auto locked = weak.lock();
            if (!locked || error) return;              // gone, or armed anew for an earlier time
            if (Clock::now() < locked->armed) return;  // had already expired when it was armed anew
            locked->armed = Clock::time_point::max();
            if (locked->at == Clock::time_point::max()) return;
            if (Clock::now() < locked->at) {
                arm(locked);
                return;
            }
            locked->at = Clock::time_point::max();
            locked->struck = true;
            locked->strike();
        });
}

}  // namespace exo::net
