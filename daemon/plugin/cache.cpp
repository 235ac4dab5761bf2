#include "plugin/cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace exo::plugin {
namespace fs = std::filesystem;
namespace {

base::Error cache_error(const fs::path& path, const std::string& why) {
    return base::fail("plugin cache " + path.string() + ": " + why);
}

base::Result<> write_all(int fd, std::span<const std::byte> piece) {
    while (!piece.empty()) {
        const auto put = ::write(fd, piece.data(), piece.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return base::fail(errno_text(errno));
        piece = piece.subspan(static_cast<std::size_t>(put));
    }
    return {};
}

// A name without anything that could leave the directory or confuse a shell.
std::string tame(const std::string& name) {
    std::string out;
    for (const char c : name.substr(0, 64)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '-';
        out += plain ? c : '_';
    }
    return out.empty() ? "plugin" : out;
}

bool holds(const fs::path& path, const std::string& sha256) {
    const auto file = OpenFile::read(path);
    if (!file) return false;
    const auto hash = sha256_of(*file);
    return hash && *hash == sha256;
}

// Written beside its place and moved over it: another process never sees half of it.
base::Result<> write_copy(const OpenFile& source, const fs::path& path) {
    std::string temporary = path.string() + ".XXXXXX";
    const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (fd < 0) return cache_error(path, errno_text(errno));
    const OpenFile target(fd);
    auto written =
        read_all(source, [fd](std::span<const std::byte> piece) { return write_all(fd, piece); });
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
        written = base::fail(errno_text(errno));
    if (written) return {};
    ::unlink(temporary.c_str());
    return cache_error(path, written.error().message);
}

}  // namespace

base::Result<> Cache::prepare() const {
    if (directory_.empty()) return base::fail("plugin cache: no directory is configured");
    std::error_code error;
    fs::create_directories(directory_.parent_path(), error);
    if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST)
        return cache_error(directory_, errno_text(errno));
    const OpenFile opened(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status {};
    if (opened.fd() < 0 || ::fstat(opened.fd(), &status) != 0)
        return cache_error(directory_, errno_text(errno));
    if (status.st_uid != ::geteuid())
        return cache_error(directory_, "belongs to another user, who could exchange the plugins");
    if ((status.st_mode & 077) != 0 && ::fchmod(opened.fd(), 0700) != 0)
        return cache_error(directory_, errno_text(errno));
    return {};
}

base::Result<CachedCopy> Cache::copy(const OpenFile& source, const std::string& name,
                                     const std::string& sha256, unsigned serial) const {
    auto file = tame(name) + "-" + sha256;
    if (serial > 1) file += "." + std::to_string(serial);
    const auto path = directory_ / (file + ".so");
    if (!holds(path, sha256)) {
        if (auto written = write_copy(source, path); !written) return written.error();
        // Differs if the source was overwritten between its hash and its copy.
        if (!holds(path, sha256)) {
            ::unlink(path.c_str());
            return base::fail("changed while it was read");
        }
    }
    return CachedCopy{path, sha256};
}

}  // namespace exo::plugin
