// The private copies that are really opened. A plugin file may be replaced or overwritten while it
// serves; dlopen of the same path would give the old code back, and a change in place would crash
// it. So each content is copied once to <directory>/<name>-<sha256>.so. One thread at a time.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "plugin/open_file.hpp"

namespace exo::plugin {

struct CachedCopy {
    std::filesystem::path path;
    std::string sha256;
};

class Cache {
  public:
    explicit Cache(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // Creates the directory (0700) and refuses one that belongs to or is open to somebody else.
    base::Result<> prepare() const;

    // The content of `source` under its own hash, copied if it is not there yet and hashed again
    // after that. `name` is for people only. `serial` above 1 makes a further file of the same
    // content, which dlopen takes for another library.
    base::Result<CachedCopy> copy(const OpenFile& source, const std::string& name,
                                  const std::string& sha256, unsigned serial = 1) const;

  private:
    std::filesystem::path directory_;
};

}  // namespace exo::plugin
