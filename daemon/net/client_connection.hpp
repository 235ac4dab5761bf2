// One keep-alive connection of an HttpClient: sends a request, reads its answer, in bounded time.
// Lives on the client's io_context thread; owned by the pool or by the request that uses it.
// Internal to net/.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_types.hpp"
#include "net/read_buffer.hpp"
#include "net/stream.hpp"
#include "net/timeout.hpp"

namespace exo::net {

class ClientConnection {
  public:
    using Clock = std::chrono::steady_clock;

    // What became of one exchange.
    struct Exchange {
        Response response;
        std::string error;       // empty: `response` is complete
        std::size_t sent = 0;    // bytes of the request that were handed to the kernel
        bool reusable = false;   // another request may follow
        bool timed_out = false;  // the deadline passed
    };

    ClientConnection(const boost::asio::any_io_executor& executor, std::unique_ptr<Stream> stream);

    // `head` and `body` stay alive until it returns. [io thread]
    boost::asio::awaitable<Exchange> exchange(std::string_view head, std::string_view body,
                                              Method method, std::size_t max_body,
                                              Clock::time_point until);
    // The server has neither closed it nor sent anything since the last answer.
    bool quiet() { return stream_->quiet(); }

    Clock::time_point idle_since{};  // the pool's note

  private:
    boost::asio::awaitable<void> read_answer(Exchange& exchange, Method method,
                                             std::size_t max_body);
    boost::asio::awaitable<bool> read_message(Exchange& exchange, class ResponseParser& parser,
                                              std::size_t max_body);

    std::unique_ptr<Stream> stream_;
    ReadBuffer buffer_;
    Deadline deadline_;
};

}  // namespace exo::net
