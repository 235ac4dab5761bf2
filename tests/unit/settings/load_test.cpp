#include "settings/load.hpp"
#include "settings/not_yet.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "settings/keys.hpp"
#include "settings/reference.hpp"
#include "settings/values.hpp"
#include "support/temp_dir.hpp"

using namespace exo::settings;
using namespace std::chrono_literals;

namespace {

Settings loaded(const std::string& text, const Environment& environment = {}) {
    return load({.name = "x.toml", .text = text}, environment).value();
}

std::string read_whole(const std::string& path) {
    std::ifstream in(path);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

const std::string source_dir = EXO_SOURCE_DIR;

}  // namespace

TEST_CASE("the smallest configuration has every default") {
    Settings expected;
    expected.runtime.namespace_name = "ns";
    CHECK(loaded("[runtime]\nnamespace = \"ns\"") == expected);
}

TEST_CASE("every key reaches its setting") {
    const auto s = loaded(R"(
[runtime]
namespace = "My Project"
name = "box"
workers = 8
batch_size = 32
max_async = 7
poll_interval = "250ms"
drain_timeout = "0s"
on_stop = "keep"
[state_manager]
uri = "https://[::1]:8443/prefix/"
api_key_file = "/k"
connections = 3
request_timeout = "5s"
tls = { ca_file = "/ca", cert_file = "/c", key_file = "/key" }
[plugins]
directory = "/p"
watch = false
isolation = "process"
sha256 = ["0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"]
cache_directory = "/cache"
allow_breaking_schemas = true
[plugins.files]
root = "/srv/data"
depth = 4
ratio = 0.5
deep = true
since = 2026-11-23
at = 07:30:00
[plugins."odd name"]
x = "1"
[nodes.Uppercase]
enabled = false
max_concurrency = 2
timeout = "1m"
isolation = "process"
memory = "512MiB"
[nodes.Plain]
[journal]
path = "/j"
durability = "power"
max_interruptions = 9
[admin]
listen = "127.0.0.1:9711"
[log]
level = "trace"
format = "journald"
[embedded]
listen = "[::1]:0"
data_dir = "/d"
durability = "process"
retention = "30d"
)");
    Settings e;
    e.runtime = {"My Project", "box", 8, 32, 7, 250ms, 0ms, OnStop::keep};
    e.state_manager.uri = "https://[::1]:8443/prefix/";
    e.state_manager.api_key_file = "/k";
    e.state_manager.connections = 3;
    e.state_manager.request_timeout = 5s;
    e.state_manager.tls = {"/ca", "/c", "/key"};
    e.plugins.directory = "/p";
    e.plugins.watch = false;
    e.plugins.isolation = Isolation::process;
    e.plugins.sha256 = {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
    e.plugins.cache_directory = "/cache";
    e.plugins.allow_breaking_schemas = true;
    e.plugins.config["files"] = {{"root", "/srv/data"},   {"depth", "4"},
                                 {"ratio", "0.5"},        {"deep", "true"},
                                 {"since", "2026-11-23"}, {"at", "07:30:00"}};
    e.plugins.config["odd name"] = {{"x", "1"}};
    e.nodes["Uppercase"] = {false, 2, 60s, Isolation::process, 512ULL << 20};
    e.nodes["Plain"] = {};
    e.journal = {"/j", Durability::power, 9};
    e.admin.listen = "127.0.0.1:9711";
    e.log = {exo::base::LogLevel::trace, exo::base::LogFormat::journald};
    e.embedded = {"[::1]:0", "/d", Durability::process, 30 * 24h};
    CHECK(s.runtime == e.runtime);
    CHECK(s.state_manager == e.state_manager);
    CHECK(s.plugins == e.plugins);
    CHECK(s.nodes == e.nodes);
    CHECK(s == e);
}

TEST_CASE("the environment overrides the file for one server and one log level") {
    const std::string text =
        "[runtime]\nnamespace = \"a\"\n[state_manager]\nuri = \"https://h\"\ntls.ca_file = \"/ca\"";
    CHECK(loaded(text).state_manager.uri == "https://h");
    const auto s = loaded(text, {.state_manager_uri = "http://127.0.0.1:1", .log_level = "error"});
    CHECK(s.state_manager.uri == "http://127.0.0.1:1");
    CHECK(s.log.level == exo::base::LogLevel::error);
}

TEST_CASE("every default of the key table is the default of the structs") {
    std::string text;
    for (const auto& table : tables()) {
        if (table.name == node_table || table.name == plugin_table) continue;
        text += "[" + table.name + "]\n";
        for (const auto& key : keys()) {
            if (key.table != table.name) continue;
            if (key.otherwise == "required") text += key.name + " = \"ns\"\n";
            if (!key.fallback.empty()) text += key.name + " = " + key.fallback + "\n";
        }
    }
    INFO(text);
    Settings expected;
    expected.runtime.namespace_name = "ns";
    CHECK(loaded(text) == expected);
    for (const auto& key : keys()) {
        INFO(key.table + "." + key.name);
        CHECK((!key.fallback.empty() || (!key.example.empty() && !key.otherwise.empty())));
        CHECK(key.doc.ends_with("."));
        CHECK((key.kind == Kind::choice) == !key.choices.empty());
    }
}

TEST_CASE("the reference configuration and the page list the same keys as the code") {
    CHECK(read_whole(source_dir + "/config/exosphered.toml") == reference_toml());
    const auto page = read_whole(source_dir + "/docs/configuration.md");
    const auto begin = page.find("<!-- keys: made by settings/reference.cpp -->\n");
    const auto end = page.find("<!-- end of keys -->");
    REQUIRE(begin != std::string::npos);
    REQUIRE(end != std::string::npos);
    const auto start = page.find('\n', begin) + 1;
    CHECK(page.substr(start, end - start) == "\n" + reference_markdown());
}

// settings_test "[.write-reference]" after a change of the key table.
TEST_CASE("write the reference configuration and the page", "[.write-reference]") {
    std::ofstream(source_dir + "/config/exosphered.toml") << reference_toml();
    auto page = read_whole(source_dir + "/docs/configuration.md");
    const auto start = page.find('\n', page.find("<!-- keys:")) + 1;
    page.replace(start, page.find("<!-- end of keys -->") - start, "\n" + reference_markdown());
    std::ofstream(source_dir + "/docs/configuration.md") << page;
}

TEST_CASE("the reference configuration loads as it is and with every key uncommented") {
    Settings expected;
    expected.runtime.namespace_name = "MyProject";
    auto text = reference_toml();
    CHECK(loaded(text) == expected);
    std::size_t uncommented = 0;
    for (std::size_t at = 0; (at = text.find("\n#", at)) != std::string::npos; ++at) {
        if (text[at + 2] == ' ') continue;
        text.erase(at + 1, 1);
        ++uncommented;
    }
    // Without the namespace, which stands there; with two headings and the key of a plugin.
    CHECK(uncommented == keys().size() - 1 + 3);
    const auto s = loaded(text);
    CHECK(s.runtime.workers == 4);
    CHECK(s.nodes.at("Uppercase").memory_bytes == 512ULL << 20);
    CHECK(s.plugins.config.at("files").at("root") == "/srv/data");
}

TEST_CASE("an API key in a file that others can read is refused with the command that mends it") {
    const exo::test::TempDir dir;
    const auto path = dir.write(
        "exo's.toml", "[runtime]\nnamespace = \"a\"\n[state_manager]\napi_key = \"k1\"\n");
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    const auto refused = load_file(path, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(to_text(refused.error()) ==
          path +
              ":4:1: state_manager.api_key stands in a file that others can read: chmod o-rwx '" +
              dir.path() + "/exo'\\''s.toml', or keep the key in state_manager.api_key_file\n");
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    CHECK(load_file(path, {}).value().state_manager.api_key == "k1");
}

TEST_CASE("a configuration that cannot be read says why") {
    const exo::test::TempDir dir;
    const auto missing = load_file(dir.path() + "/none.toml", {});
    REQUIRE_FALSE(missing.has_value());
    CHECK(to_text(missing.error()) ==
          dir.path() + "/none.toml: cannot be read: No such file or directory\n");
    CHECK(to_text(load_file(dir.path(), {}).error()) ==
          dir.path() + ": cannot be read: Is a directory\n");
    const auto large = dir.write("large.toml", std::string((1 << 20) + 1, '#'));
    CHECK(to_text(load_file(large, {}).error()) == large + ": is larger than 1048576 bytes\n");
}

TEST_CASE("durations and sizes are read and written back") {
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("30s") == 30s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("30d") == 30 * 24h);
    CHECK(parse_duration("0s") == 0ms);
    for (const std::string text : {"500ms", "90s", "5m", "1h", "30d", "1500ms", "0s"}) {
        CHECK(format_duration(*parse_duration(text)) == text);
    }
    CHECK(parse_size("64KiB") == 65'536U);
    CHECK(parse_size("7B") == 7U);
    CHECK_FALSE(parse_size("99999999999GiB"));
    CHECK(format_size(1536ULL << 20) == "1536MiB");
}

TEST_CASE("settings that have no effect yet are told apart from their defaults") {
    CHECK(without_effect(Settings{}).empty());
    Settings settings;
    settings.plugins.isolation = Isolation::process;
    settings.nodes["Slow"].memory_bytes = 1;
    settings.journal.path = "/var/lib/x";
    CHECK(without_effect(settings) ==
          std::vector<std::string>{"plugins.isolation", "nodes.Slow.memory", "journal.path"});
}
