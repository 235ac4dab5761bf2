// Every key of the configuration, declared once: its place, type, default, range and meaning. The
// loader, config/exosphered.toml and docs/configuration.md all follow this list. Constant; any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "settings/settings.hpp"

namespace exo::settings {

enum class Kind { text, integer, boolean, duration, size, choice, texts };

// A value that has passed its kind and range; the member that belongs to the kind is set.
struct Value {
    std::string text;         // text, choice
    std::int64_t number = 0;  // integer; milliseconds of a duration; bytes of a size
    bool flag = false;
    std::vector<std::string> texts;
};

// Where a setter writes: `node` is set for keys of [nodes.NAME] only.
struct Target {
    Settings& settings;
    Node* node = nullptr;
};

struct Key {
    std::string table;  // "runtime", "state_manager.tls", "nodes.NAME"
    std::string name;
    Kind kind = Kind::text;
    std::string fallback;   // the default as TOML; "" = none, see `otherwise`
    std::string example;    // what the reference shows where there is no default
    std::string otherwise;  // in words: what holds if the key is absent or empty
    std::string doc;        // one sentence
    void (*set)(Target target, const Value& value) = nullptr;
    std::int64_t min = 0, max = 0;     // integer, duration (ms), size (bytes); 0, 0 = none
    std::vector<std::string> choices;  // choice
    base::Result<> (*check)(std::string_view text) = nullptr;  // text, each of texts
    bool empty_is_unset = true;  // text, duration: "" means the same as no key
};

struct Table {
    std::string name;  // "runtime", "nodes.NAME"
    std::string doc;
};

const std::vector<Table>& tables();  // in the order of the reference
const std::vector<Key>& keys();      // likewise
const Key* find_key(std::string_view table, std::string_view name);

constexpr std::string_view node_table = "nodes.NAME";      // one per node
constexpr std::string_view plugin_table = "plugins.NAME";  // one per plugin; its keys are free

}  // namespace exo::settings
