// An io_context that runs on a thread of its own, for tests. Declare it before what lives on it,
// and stop() it before that is destroyed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

namespace exo::test {

// Every wait in a test is bounded; a loaded machine under a sanitizer is slow.
constexpr std::chrono::seconds patience{100};

template <class T>
T get_in_time(std::future<T> future) {
    if (future.wait_for(patience) != std::future_status::ready) {
        throw std::runtime_error("the test waited in vain");
    }
    return future.get();
}

class IoThread {
  public:
    IoThread() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}
    ~IoThread() { stop(); }
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    // What lives on the context may be destroyed after this, and before the IoThread.
    void stop() {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }

    boost::asio::io_context& context() { return context_; }
    auto executor() { return context_.get_executor(); }

    // Runs a coroutine there and waits for its result. [not on the io thread]
    template <class T>
    T run(boost::asio::awaitable<T> task) {
        return get_in_time(
            boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future));
    }
    // Runs a function there and waits for its result. [not on the io thread]
    template <class F>
    auto call(F function) {
        // Asio hands out a packaged_task's future.
        auto future = boost::asio::post(
            context_, std::packaged_task<decltype(function())()>(std::move(function)));
        return get_in_time(std::move(future));
    }

  private:
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

// Polls until `condition` holds; false if it never did.
template <class F>
bool eventually(F condition) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace exo::test
