// A plugin file that passed every check and is open: readable, ELF, on the allow-list, copied to
// the cache, survived the probe, shook hands. No function of it but exosphere_plugin_v1 has run.
// [load-thread]
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "plugin/cache.hpp"
#include "plugin/handshake.hpp"
#include "plugin/probe.hpp"

namespace exo::plugin {

struct Library {
    std::filesystem::path file;  // where it was found
    std::filesystem::path copy;  // what was opened
    std::string sha256;
    Declaration declared;
};

class Loader {
  public:
    // `allowed`: if not empty, only these SHA-256 sums (hexadecimal, any case) may load.
    Loader(std::filesystem::path cache_directory, ProbeCommand probe,
           std::vector<std::string> allowed);

    base::Result<> prepare() const { return cache_.prepare(); }

    // The error is the reason as one clause that follows the file's name: "is truncated".
    base::Result<Library> open(const std::filesystem::path& file);

  private:
    Cache cache_;
    Probe probe_;
    std::vector<std::string> allowed_;
};

}  // namespace exo::plugin
