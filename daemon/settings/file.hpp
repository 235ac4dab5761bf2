// Small files read whole: configuration and API keys, with who else may read them. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "base/error.hpp"

namespace exo::settings {

struct FileText {
    std::string text;
    bool others_can_read = false;  // the file's mode gives rights to users outside its group
};

// At most `largest` bytes. The error says why ("No such file or directory") without the path.
base::Result<FileText> read_file(const std::string& path, std::size_t largest);

// As a shell takes it, for commands in messages: plain if that is safe, else in single quotes.
std::string shell_quoted(const std::string& text);

}  // namespace exo::settings
