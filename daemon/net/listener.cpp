#include "net/listener.hpp"

#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace exo::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

base::Error cannot_listen(const std::string& where, const error_code& error) {
    return base::fail("listen on " + where + ": " + error.message());
}

std::string text_of(const ListenAddress& address) {
    const bool v6 = address.host.find(':') != std::string::npos;
    return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

error_code open_tcp(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && endpoint.protocol() == tcp::v6()) {
        acceptor.set_option(asio::ip::v6_only(true), error);
    }
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

tcp::endpoint to_tcp(const asio::generic::stream_protocol::endpoint& endpoint) {
    tcp::endpoint result;
    if (endpoint.size() <= result.capacity()) {
        std::memcpy(result.data(), endpoint.data(), endpoint.size());
        result.resize(endpoint.size());
    }
    return result;
}

// A socket file outlives a process that was killed. It is removed only if connecting to it is
// refused, which means that nobody listens.
void remove_stale(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) return;
    asio::io_context context;
    asio::local::stream_protocol::socket probe(context);
    error_code error;
    probe.connect(asio::local::stream_protocol::endpoint(path), error);
    if (error == asio::error::connection_refused) ::unlink(path.c_str());
}

}  // namespace

base::Result<Acceptor> listen_tcp(const asio::any_io_executor& executor,
                                  const ListenAddress& address) {
    const auto where = text_of(address);
    tcp::resolver resolver(executor);
    error_code error;
    const auto found =
        resolver.resolve(address.host, std::to_string(address.port),
                         tcp::resolver::passive | tcp::resolver::numeric_service, error);
    if (error) return cannot_listen(where, error);
    std::vector<tcp::endpoint> endpoints;
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    // "localhost" gives ::1 first, but more clients try 127.0.0.1.
    std::stable_partition(endpoints.begin(), endpoints.end(),
                          [](const tcp::endpoint& e) { return e.address().is_v4(); });
    error = asio::error::host_not_found;
    for (const auto& endpoint : endpoints) {
        tcp::acceptor acceptor(executor);
        error = open_tcp(acceptor, endpoint);
        if (!error) return Acceptor(std::move(acceptor));
    }
    return cannot_listen(where, error);
}

base::Result<Acceptor> listen_unix(const asio::any_io_executor& executor, const std::string& path) {
    using asio::local::stream_protocol;
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        return base::fail("listen on " + path + ": the path is longer than " +
                          std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes");
    }
    remove_stale(path);
    stream_protocol::acceptor acceptor(executor);
    error_code error;
    acceptor.open(stream_protocol(), error);
    if (error) return cannot_listen(path, error);
    // Linux gives the socket file the mode of the unbound socket: it never exists with another one,
    // and the process-wide umask stays alone.
    if (::fchmod(acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0) {
        return cannot_listen(path, error_code(errno, boost::system::system_category()));
    }
    acceptor.bind(stream_protocol::endpoint(path), error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot_listen(path, error);
    return Acceptor(std::move(acceptor));
}

std::string peer_text(const Socket& socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return {};
    const int family = remote.protocol().family();
    if (family != AF_INET && family != AF_INET6) return "unix";
    const auto endpoint = to_tcp(remote);
    const auto address = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" +
           std::to_string(endpoint.port());
}

std::uint16_t local_port(const Acceptor& acceptor) {
    error_code error;
    const auto local = acceptor.local_endpoint(error);
    if (error || local.protocol().family() == AF_UNIX) return 0;
    return to_tcp(local).port();
}

}  // namespace exo::net
