// Small private files that hold one secret each: the API key and the key for secrets. Made once,
// 0600, complete or not at all; refused when others could read them. Any thread.
#pragma once

#include <functional>
#include <string>

#include "base/error.hpp"

namespace exo::embedded {

// The trimmed content. Refused: a file that group or others can read or write, an empty one.
base::Result<std::string> read_private_file(const std::string& path);

// Reads `path`; if it is not there, writes what `make` gives and reads that. Of two processes that
// do so at once, both get what the first has written.
base::Result<std::string> read_or_create_private_file(const std::string& path,
                                                      const std::function<std::string()>& make);

// DATA_DIR/api-key: 32 random bytes in url-safe base64, made if it is not there. The directory is
// made, too (0700).
base::Result<std::string> load_or_create_api_key(const std::string& data_dir);

base::Result<> make_private_directory(const std::string& path);

}  // namespace exo::embedded
