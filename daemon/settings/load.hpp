// TOML -> Settings, with every problem of a file at once. The only place that reads configuration.
// Pure but for load_file; any thread.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "settings/environment.hpp"
#include "settings/settings.hpp"

namespace exo::settings {

struct Problem {
    std::string file;   // or "environment"
    unsigned line = 0;  // 0, 0: the file as a whole
    unsigned column = 0;
    std::string message;

    std::string text() const;  // "file:line:column: message"
    friend bool operator==(const Problem&, const Problem&) = default;
};

using Problems = std::vector<Problem>;  // never empty in a LoadResult; in the order of the file

std::string to_text(const Problems& problems);  // one line each

[[noreturn]] void throw_exception_from_error(const Problems& problems,
                                             const boost::source_location& where);

using LoadResult = boost::system::result<Settings, Problems>;

// What a configuration file holds and who may read it.
struct Source {
    std::string name;  // for messages
    std::string text;
    bool others_can_read = false;
};

// EXOSPHERE_STATE_MANAGER_URI and EXOSPHERE_LOG_LEVEL override what the text says.
LoadResult load(const Source& source, const Environment& environment);
LoadResult load_file(const std::string& path, const Environment& environment);

}  // namespace exo::settings
