// Blocking sockets with a time limit, for tests that must send and see exact bytes.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace exo::test {

class RawSocket {
  public:
    explicit RawSocket(int fd) : fd_(fd) {
        if (fd_ < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
        timeval limit{60, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    ~RawSocket() { close(); }
    RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;

    static RawSocket to_port(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        RawSocket socket(::socket(AF_INET, SOCK_STREAM, 0));
        socket.connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
        return socket;
    }
    static RawSocket to_path(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        RawSocket socket(::socket(AF_UNIX, SOCK_STREAM, 0));
        socket.connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
        return socket;
    }

    void send(std::string_view text) {
        while (!text.empty()) {
            const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (n <= 0) throw std::runtime_error("send: the peer has closed");
            text.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    // As send, but a peer that has closed is not an error.
    void try_send(std::string_view text) {
        try {
            send(text);
        } catch (const std::runtime_error&) {
        }
    }
    // Some more bytes into pending(); false at the end of the stream.
    bool receive_some() {
        char bytes[16 * 1024];
        const auto n = ::recv(fd_, bytes, sizeof bytes, 0);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            throw std::runtime_error("recv: nothing came in time");
        }
        if (n <= 0) return false;
        pending_.append(bytes, static_cast<std::size_t>(n));
        return true;
    }
    // Everything until the peer closes.
    std::string receive_all() {
        while (receive_some()) {
        }
        return std::exchange(pending_, {});
    }
    // Up to and including `end`; what follows stays for the next call.
    std::string receive_until(std::string_view end) {
        auto at = pending_.find(end);
        while (at == std::string::npos) {
            if (!receive_some()) {
                throw std::runtime_error("recv: the peer closed after \"" + pending_ + "\"");
            }
            at = pending_.find(end);
        }
        auto text = pending_.substr(0, at + end.size());
        pending_.erase(0, at + end.size());
        return text;
    }
    std::string receive_exactly(std::size_t n) {
        while (pending_.size() < n) {
            if (!receive_some()) throw std::runtime_error("recv: the peer closed too early");
        }
        auto text = pending_.substr(0, n);
        pending_.erase(0, n);
        return text;
    }
    // One message with a content-length (or no body).
    std::string receive_message() {
        auto head = receive_until("\r\n\r\n");
        const auto at = head.find("content-length: ");
        if (at == std::string::npos) return head;
        return head + receive_exactly(std::stoul(head.substr(at + 16)));
    }
    void finish_sending() { ::shutdown(fd_, SHUT_WR); }
    // Closes with a reset instead of an orderly end.
    void reset() {
        const linger now{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    int fd() const { return fd_; }

  private:
    void connect(const sockaddr* address, socklen_t size) {
        if (::connect(fd_, address, size) != 0) {
            throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
        }
    }
    int fd_;
    std::string pending_;
};

// Listens on a free loopback port.
class RawListener {
  public:
    explicit RawListener(int backlog = 64) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        timeval limit{60, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
            ::listen(fd_, backlog) != 0 ||
            ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            throw std::runtime_error(std::string("listen: ") + std::strerror(errno));
        }
        port_ = ntohs(address.sin_port);
    }
    ~RawListener() { close(); }
    RawListener(const RawListener&) = delete;
    RawListener& operator=(const RawListener&) = delete;

    std::uint16_t port() const { return port_; }
    RawSocket accept() { return RawSocket(::accept(fd_, nullptr, nullptr)); }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

  private:
    int fd_;
    std::uint16_t port_ = 0;
};

}  // namespace exo::test
