#include "place.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace files {
namespace {

[[noreturn]] void fail(int error, std::string_view what, std::string_view path) {
    throw std::system_error(error, std::generic_category(),
                            std::string(what) + " " + std::string(path));
}

[[noreturn]] void refuse(std::string_view path, std::string_view why) {
    throw std::invalid_argument(std::string(path) + ": " + std::string(why));
}

std::vector<std::string> components(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        const std::string_view part = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), part.size() + 1));
        if (!part.empty() && part != ".") parts.emplace_back(part);
    }
    return parts;
}

// The part of an absolute path that lies beneath the root. None if it lies elsewhere.
std::optional<std::string_view> beneath(std::string_view root, std::string_view path) {
    while (root.ends_with('/')) root.remove_suffix(1);
    if (!path.starts_with(root)) return {};
    path.remove_prefix(root.size());
    if (!path.empty() && path.front() != '/') return {};
    return path;
}

int no_follow(Links links) { return links == Links::refuse ? O_NOFOLLOW : 0; }

Fd open_at(int directory, const std::string& name, int flags) {
    return Fd(::openat(directory, name.c_str(), flags | O_CLOEXEC, 0666));
}

void write_all(const Fd& file, std::string_view content, std::string_view name) {
    while (!content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written < 0 && errno != EINTR) fail(errno, "write", name);
        if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.get()) != 0) fail(errno, "fsync", name);
}

std::string random_suffix() {
    std::random_device random;
    return std::to_string(random()) + "-" + std::to_string(random());
}

}  // namespace

Fd::Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Fd& Fd::operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Fd::~Fd() {
    if (fd_ >= 0) ::close(fd_);
}

Place::Place(std::optional<std::string_view> root) {
    if (!root) return;
    if (!root->starts_with('/')) refuse(*root, "the root must be an absolute path");
    root_ = *root;
    links_ = Links::refuse;
    if (open_at(AT_FDCWD, root_, O_RDONLY | O_DIRECTORY).get() < 0) fail(errno, "root", root_);
}

Place::Walk Place::walk(std::string_view path, bool create) const {
    if (path.find('\0') != std::string_view::npos) refuse("path", "contains a NUL");
    std::string_view rest = path;
    std::string start = path.starts_with('/') ? "/" : ".";
    if (!root_.empty()) {
        if (path.starts_with('/')) {
            const auto inside = beneath(root_, path);
            if (!inside) refuse(path, "lies outside of the configured root");
            rest = *inside;
        }
        start = root_;
    }
    auto parts = components(rest);
    if (links_ == Links::refuse && std::find(parts.begin(), parts.end(), "..") != parts.end()) {
        refuse(path, "\"..\" is not allowed");
    }
    Fd directory = open_at(AT_FDCWD, start, O_RDONLY | O_DIRECTORY);
    if (directory.get() < 0) fail(errno, "open", start);
    if (parts.empty()) return {std::move(directory), "."};
    std::string last = std::move(parts.back());
    parts.pop_back();
    for (const std::string& part : parts) {
        if (create && ::mkdirat(directory.get(), part.c_str(), 0777) != 0 && errno != EEXIST) {
            fail(errno, "make directory", path);
        }
        Fd next = open_at(directory.get(), part, O_RDONLY | O_DIRECTORY | no_follow(links_));
        if (next.get() < 0) fail(errno, "open", path);
        directory = std::move(next);
    }
    return {std::move(directory), std::move(last)};
}

std::string Place::read(std::string_view path, std::size_t most_bytes) const {
    const Walk at = walk(path, false);
    try {
        return read_file(at.directory, at.last, most_bytes, links_);
    } catch (const std::system_error& error) {
        fail(error.code().value(), "read", path);  // the whole path, not just its end
    }
}

Fd Place::open_directory(std::string_view path, bool create) const {
    const Walk at = walk(path, create);
    if (create && ::mkdirat(at.directory.get(), at.last.c_str(), 0777) != 0 && errno != EEXIST) {
        fail(errno, "make directory", path);
    }
    Fd directory = open_at(at.directory.get(), at.last, O_RDONLY | O_DIRECTORY | no_follow(links_));
    if (directory.get() < 0) fail(errno, "open", path);
    return directory;
}

std::string read_file(const Fd& directory, const std::string& name, std::size_t most_bytes,
                      Links links) {
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    const Fd file = open_at(directory.get(), name, O_RDONLY | O_NONBLOCK | no_follow(links));
    if (file.get() < 0) fail(errno, "open", name);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fail(errno, "stat", name);
    if (S_ISDIR(status.st_mode)) fail(EISDIR, "read", name);
    if (!S_ISREG(status.st_mode)) refuse(name, "is not a regular file");
    std::string content;
    for (;;) {
        const std::size_t had = content.size();
        if (had > most_bytes) {
            refuse(name, "is larger than " + std::to_string(most_bytes) + " bytes");
        }
        content.resize(had + 64 * 1024);
        const ssize_t got = ::read(file.get(), content.data() + had, content.size() - had);
        if (got < 0 && errno != EINTR) fail(errno, "read", name);
        content.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0) return content;
    }
}

void write_file(const Fd& directory, const std::string& name, std::string_view content) {
    const std::string temporary = ".tmp-" + random_suffix();
    const Fd file = open_at(directory.get(), temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (file.get() < 0) fail(errno, "create", temporary);
    try {
        write_all(file, content, name);
        if (::renameat(directory.get(), temporary.c_str(), directory.get(), name.c_str()) != 0) {
            fail(errno, "rename to", name);
        }
    } catch (...) {
        ::unlinkat(directory.get(), temporary.c_str(), 0);
        throw;
    }
    if (::fsync(directory.get()) != 0) fail(errno, "fsync the directory of", name);
}

std::vector<std::string> list_directory(const Fd& directory, std::size_t most) {
    // A descriptor of its own: fdopendir() takes it over and moves its position.
    const int fd = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(errno, "list", "directory");
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd), &::closedir);
    if (!stream) {
        const int error = errno;
        ::close(fd);
        fail(error, "list", "directory");
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(stream.get())) {
        if (entry->d_name[0] == '.') continue;
        if (names.size() == most) {
            throw std::runtime_error("more than " + std::to_string(most) + " files in a directory");
        }
        names.emplace_back(entry->d_name);
        errno = 0;
    }
    if (errno != 0) fail(errno, "list", "directory");
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace files
