#include "embedded/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "embedded/python_text.hpp"
#include "embedded/wire_values.hpp"

namespace exo::embedded {

namespace {

class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }

  private:
    int fd_;
};

base::Error failed(const std::string& what, const std::string& path) {
    return base::fail(what + " " + path + ": " + std::strerror(errno));
}

base::Result<std::string> read_checked(const File& file, const std::string& path) {
    struct stat info {};
    if (::fstat(file.fd(), &info) != 0) {
        return failed("read", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return base::fail(path + " is not a file");
    }
    if ((info.st_mode & 077) != 0) {
        return base::fail(path + " can be read or written by others; it must have mode 0600");
    }
    std::array<char, 4096> buffer{};
    const auto size = ::read(file.fd(), buffer.data(), buffer.size());
    if (size < 0) {
        return failed("read", path);
    }
    std::string content(trim({buffer.data(), static_cast<std::size_t>(size)}));
    if (content.empty()) {
        return base::fail(path + " is empty");
    }
    return content;
}

// A complete file under another name, then link(): it appears whole or not at all, and never
// replaces one that is there.
base::Result<> write_once(const std::string& path, const std::string& content) {
    const auto temporary = path + "." + to_hex(random_bytes(8));
    {
        const File file(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        const auto text = content + "\n";
        if (!file.is_open() ||
            ::write(file.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
            ::fsync(file.fd()) != 0) {
            const auto error = failed("write", temporary);
            ::unlink(temporary.c_str());
            return error;
        }
    }
    const bool linked = ::link(temporary.c_str(), path.c_str()) == 0 || errno == EEXIST;
    const auto error = failed("create", path);
    ::unlink(temporary.c_str());
    if (!linked) {
        return error;
    }
    const File directory(::open(std::filesystem::path(path).parent_path().c_str(),
                                O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.is_open()) {
        ::fsync(directory.fd());
    }
    return {};
}

}  // namespace

base::Result<std::string> read_private_file(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file.is_open() ? read_checked(file, path) : failed("read", path);
}

base::Result<std::string> read_or_create_private_file(const std::string& path,
                                                      const std::function<std::string()>& make) {
    {
        const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (file.is_open()) {
            return read_checked(file, path);
        }
        if (errno != ENOENT) {
            return failed("read", path);
        }
    }
    if (auto written = write_once(path, make()); !written) {
        return written.error();
    }
    return read_private_file(path);
}

base::Result<std::string> load_or_create_api_key(const std::string& data_dir) {
    if (auto made = make_private_directory(data_dir); !made) {
        return made.error();
    }
    return read_or_create_private_file(data_dir + "/api-key",
                                       [] { return base64url_encode(random_bytes(32)); });
}

base::Result<> make_private_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return failed("make directory", path);
    }
    return {};
}

}  // namespace exo::embedded
