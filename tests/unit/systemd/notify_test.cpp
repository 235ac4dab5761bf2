#include "systemd/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

// What systemd is to a service: a datagram socket whose path stands in NOTIFY_SOCKET.
class NotifySocket {
  public:
    NotifySocket() {
        std::string pattern = "/tmp/exosphere-notify-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        path_ = directory_ + "/socket";
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
    }
    ~NotifySocket() {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(fd_);
        ::unlink(path_.c_str());
        ::rmdir(directory_.c_str());
    }
    std::string receive() const {
        std::array<char, 512> buffer{};
        const auto size = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        return size < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(size));
    }

  private:
    std::string directory_, path_;
    int fd_ = -1;
};

}  // namespace

TEST_CASE("systemd hears of readiness, status and stopping") {
    const NotifySocket socket;
    exo::systemd::ready("polling");
    CHECK(socket.receive() == "READY=1\nSTATUS=polling");
    exo::systemd::status("two\nlines");
    CHECK(socket.receive() == "STATUS=two lines");
    exo::systemd::stopping("draining");
    CHECK(socket.receive() == "STOPPING=1\nSTATUS=draining");
}

TEST_CASE("without systemd nothing happens") {
    ::unsetenv("NOTIFY_SOCKET");
    exo::systemd::ready("polling");
    SUCCEED();
}
