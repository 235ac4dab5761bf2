// dlopen, the entry symbol, the handshake: what both the probe child and the worker itself do with
// a library. What is opened stays open for the life of the process. [load-thread]
#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "plugin/handshake.hpp"

namespace exo::plugin {

// Runs the library's static initialisers and exosphere_plugin_v1, nothing else of it. The error is
// one clause that follows the file's name.
base::Result<Declaration> open_image(const std::filesystem::path& path);

}  // namespace exo::plugin
