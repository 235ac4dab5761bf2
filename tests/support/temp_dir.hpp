// A private directory under /tmp, removed with everything in it at the end of a test.
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace exo::test {

class TempDir {
  public:
    TempDir() : path_("/tmp/exo-test-XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    // Writes a file with exactly these rights and gives its path.
    std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
        std::ofstream(file(name), std::ios::binary) << text;
        if (::chmod(file(name).c_str(), mode) != 0) throw std::runtime_error("chmod failed");
        return file(name);
    }

  private:
    std::string path_;
};

}  // namespace exo::test
