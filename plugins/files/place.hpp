// Where files may be read and written: anywhere, or beneath one directory. Confined, no path leads
// out: ".." is refused and no symbolic link beneath the root is followed. Every failure is an
// exception whose text names the path. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace files {

// Owns a file descriptor.
class Fd {
  public:
    explicit Fd(int fd = -1) noexcept : fd_(fd) {}
    Fd(Fd&& other) noexcept;
    Fd& operator=(Fd&& other) noexcept;
    ~Fd();
    int get() const noexcept { return fd_; }

  private:
    int fd_;
};

enum class Links { follow, refuse };

class Place {
  public:
    // `root` must be an absolute path to a directory; none = everywhere.
    explicit Place(std::optional<std::string_view> root);

    // Confined, paths are relative to the root or absolute and beneath it.
    std::string read(std::string_view path, std::size_t most_bytes) const;

    // Makes missing directories (each parent must be allowed as well).
    Fd open_directory(std::string_view path, bool create) const;

  private:
    struct Walk {
        Fd directory;  // of the last component
        std::string last;
    };
    Walk walk(std::string_view path, bool create) const;

    std::string root_;
    Links links_ = Links::follow;
};

// The whole content of an open directory's file. No directories, devices or pipes.
std::string read_file(const Fd& directory, const std::string& name, std::size_t most_bytes,
                      Links links);

// Replaces the file in one step: whoever reads it sees the old or the new content, also after a
// crash.
void write_file(const Fd& directory, const std::string& name, std::string_view content);

// Names of what is in the directory, without those that start with a dot; sorted, at most `most`.
std::vector<std::string> list_directory(const Fd& directory, std::size_t most);

}  // namespace files
