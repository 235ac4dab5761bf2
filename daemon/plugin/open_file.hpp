// An open file descriptor that closes itself, and SHA-256 over what it reads. Not shared between
// threads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace exo::plugin {

class OpenFile {
  public:
    OpenFile() = default;
    explicit OpenFile(int fd) : fd_(fd) {}
    OpenFile(OpenFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    OpenFile& operator=(OpenFile&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~OpenFile();

    // Read only, close on exec; a FIFO does not block. The error is the reason alone ("Permission
    // denied"), for a sentence that names the file.
    static base::Result<OpenFile> read(const std::filesystem::path& path);

    int fd() const { return fd_; }

  private:
    int fd_ = -1;
};

// Reads the file from its start and hands every piece to `each`.
base::Result<> read_all(const OpenFile& file,
                        const std::function<base::Result<>(std::span<const std::byte>)>& each);

// 64 lower-case hexadecimal digits.
base::Result<std::string> sha256_of(const OpenFile& file);

std::string errno_text(int error);

}  // namespace exo::plugin
