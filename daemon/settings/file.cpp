#include "settings/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace exo::settings {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

base::Error errno_error() {
    return base::fail("cannot be read: " + std::generic_category().message(errno));
}

}  // namespace

base::Result<FileText> read_file(const std::string& path, std::size_t largest) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return errno_error();
    FileText result;
    // Pipes (`--config <(...)`, /dev/stdin) have no permissions of their own.
    result.others_can_read = S_ISREG(status.st_mode) && (status.st_mode & S_IRWXO) != 0;
    std::array<char, 16'384> chunk{};
    while (true) {
        const auto count = ::read(file.get(), chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error();
        if (count == 0) return result;
        result.text.append(chunk.data(), static_cast<std::size_t>(count));
        if (result.text.size() > largest) {
            return base::fail("is larger than " + std::to_string(largest) + " bytes");
        }
    }
}

std::string shell_quoted(const std::string& text) {
    constexpr std::string_view safe =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,";
    if (!text.empty() && text.find_first_not_of(safe) == std::string::npos) return text;
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

}  // namespace exo::settings
