#include "app/signals.hpp"

#include <boost/asio/io_context.hpp>
#include <csignal>

namespace exo::app {

Signals::Signals(boost::asio::any_io_executor executor, std::function<void(int)> on_stop,
                 std::function<void()> on_reload)
    : set_(std::move(executor), SIGINT, SIGTERM, SIGHUP),
      on_stop_(std::move(on_stop)),
      on_reload_(std::move(on_reload)) {
    std::signal(SIGPIPE, SIG_IGN);  // a reader of our output that went away must not end us
    wait();
}

void Signals::wait() {
    set_.async_wait([this](const boost::system::error_code& error, int number) {
        if (error) return;
        if (number == SIGHUP) {
            if (on_reload_) on_reload_();
        } else {
            on_stop_(number);
        }
        if (!cancelled_) wait();
    });
}

void Signals::cancel() {
    cancelled_ = true;
    set_.cancel();
}

void wait_for_stop() {
    boost::asio::io_context io{1};
    Signals signals(io.get_executor(), [&](int) { signals.cancel(); });
    io.run();
}

}  // namespace exo::app
