// One configuration file after parsing: what it said went into Settings, what was wrong key by key
// into Problems; kept are the positions, for problems found later. toml++ stays in the .cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "settings/keys.hpp"
#include "settings/load.hpp"

namespace exo::settings {

struct Position {
    unsigned line = 0, column = 0;
};

class Document {
  public:
    // None on a syntax error. `source` must outlive the document.
    static std::optional<Document> parse(const Source& source, Settings& settings,
                                         Problems& problems);

    const Source& source() const { return *source_; }
    bool has(std::string_view table, std::string_view name) const;
    Problem problem_at(std::string_view table, std::string_view name, std::string message) const;
    Problem problem_at_table(std::string_view table, std::string message) const;

    // Used while parsing.
    explicit Document(const Source& source) : source_(&source) {}
    void remember(std::string table, std::string name, Position position);

  private:
    const Source* source_;
    std::map<std::pair<std::string, std::string>, Position> positions_;  // name "" = the table
};

// `text` judged by a key of Kind::choice; the error completes a sentence that begins with the key.
base::Result<> choose(const Key& key, std::string_view text);

// A key as TOML writes it: bare if it can be, else in quotes.
std::string toml_key(std::string_view name);

}  // namespace exo::settings
