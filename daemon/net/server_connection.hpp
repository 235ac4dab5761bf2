// One client of an HttpServer: reads a request, has it answered, writes the answer, again. Lives on
// the server's io_context thread; owned by its coroutine run(). Internal to net/.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/log.hpp"
#include "net/http_server.hpp"
#include "net/read_buffer.hpp"
#include "net/stream.hpp"
#include "net/timeout.hpp"

namespace exo::net {

class ServerConnection;

// What a server's connections share; outlives them.
struct ServerShared {
    ServerOptions options;
    HttpServer::Handler handler;
    base::Log log;
    bool stopping = false;
    std::unordered_set<ServerConnection*> connections;
    std::function<void()> connection_ended;

    const std::string& date();  // "Sun, 06 Nov 1994 08:49:37 GMT", made once a second

  private:
    std::time_t date_at_ = 0;
    std::string date_text_;
};

class ServerConnection : public std::enable_shared_from_this<ServerConnection> {
  public:
    ServerConnection(const boost::asio::any_io_executor& executor,
                     std::shared_ptr<ServerShared> shared, std::unique_ptr<Stream> stream,
                     std::string peer);
    ~ServerConnection();
    ServerConnection(const ServerConnection&) = delete;
    ServerConnection& operator=(const ServerConnection&) = delete;

    // Serves until the connection ends. The argument keeps it alive.
    static boost::asio::awaitable<void> run(std::shared_ptr<ServerConnection> self);

    void close_if_idle();  // otherwise the answer under way is the last one
    void cut();            // now, handler included
    boost::asio::cancellation_slot slot() { return cancellation_.slot(); }

  private:
    enum class Phase { idle, receiving, answering };

    boost::asio::awaitable<bool> serve_one();
    boost::asio::awaitable<bool> receive(class RequestParser& parser, ServerRequest& request);
    boost::asio::awaitable<bool> read_more();
    boost::asio::awaitable<bool> refuse_malformed(const class RequestParser& parser);
    boost::asio::awaitable<bool> accept_header(class RequestParser& parser,
                                               const ServerRequest& request);
    boost::asio::awaitable<ServerResponse> answer(ServerRequest request);
    boost::asio::awaitable<bool> write(const ServerResponse& response, bool head_only,
                                       bool http_1_1, bool keep_alive);
    boost::asio::awaitable<bool> refuse(int status, std::string detail);
    boost::asio::awaitable<void> farewell();

    std::shared_ptr<ServerShared> shared_;
    std::unique_ptr<Stream> stream_;
    std::string peer_;
    ReadBuffer buffer_;
    Deadline deadline_;
    boost::asio::cancellation_signal cancellation_;
    Phase phase_ = Phase::idle;
    bool cut_ = false;
    bool polite_ = false;   // the last answer was written: say goodbye before closing
    std::string path_;      // of the request under way, for the log
    std::string head_out_;  // reused from answer to answer
};

}  // namespace exo::net
