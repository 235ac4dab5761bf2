// SIGINT and SIGTERM, delivered on the io thread as often as they come; SIGHUP and SIGPIPE do no
// harm.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

namespace exo::app {

class Signals {
  public:
    // on_stop(signal) is called for every SIGINT or SIGTERM, on_reload for every SIGHUP, until
    // cancel().
    Signals(boost::asio::any_io_executor executor, std::function<void(int)> on_stop,
            std::function<void()> on_reload = {});
    void cancel();

  private:
    void wait();
    boost::asio::signal_set set_;
    std::function<void(int)> on_stop_;
    std::function<void()> on_reload_;
    bool cancelled_ = false;
};

// Blocks until SIGINT or SIGTERM.
void wait_for_stop();

}  // namespace exo::app
