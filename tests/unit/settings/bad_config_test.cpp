// Every way to get a configuration wrong, with the exact text that people will read.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "settings/load.hpp"

using namespace exo::settings;

namespace {

struct Case {
    std::string text;
    std::vector<std::string> problems;
};

std::vector<std::string> problems_of(const std::string& text, const Environment& environment = {}) {
    const auto loaded = load({.name = "x.toml", .text = text}, environment);
    std::vector<std::string> lines;
    if (!loaded) {
        for (const auto& problem : loaded.error()) lines.push_back(problem.text());
    }
    return lines;
}

// For cases whose subject is not the namespace; one line, so that line numbers begin at 2.
const std::string ok = "runtime.namespace = \"ns\"\n";

void check_all(const std::vector<Case>& cases) {
    for (const auto& c : cases) {
        INFO(c.text);
        CHECK(problems_of(c.text) == c.problems);
    }
}

}  // namespace

TEST_CASE("unknown tables and keys are named with their place and the nearest known name") {
    check_all({
        {ok + "[runtimee]", {"x.toml:2:2: unknown table \"runtimee\" (did you mean \"runtime\"?)"}},
        {ok + "[state-manager]",
         {"x.toml:2:2: unknown table \"state-manager\" (did you mean \"state_manager\"?)"}},
        {ok + "[database]", {"x.toml:2:2: unknown table \"database\""}},
        {"[runtime]\nnamespace = \"a\"\nworker = 3",
         {"x.toml:3:1: unknown key \"worker\" in [runtime] (did you mean \"workers\"?)"}},
        {"[runtime]\nnamespace = \"a\"\nbatch-size = 3",
         {"x.toml:3:1: unknown key \"batch-size\" in [runtime] (did you mean \"batch_size\"?)"}},
        {ok + "[state_manager]\nurl = \"http://h\"",
         {"x.toml:3:1: unknown key \"url\" in [state_manager] (did you mean \"uri\"?)"}},
        {ok + "[state_manager]\nretention = \"1d\"",
         {"x.toml:3:1: unknown key \"retention\" in [state_manager] (it belongs to [embedded])"}},
        {ok + "[journal]\nfrobnicate = 1", {"x.toml:3:1: unknown key \"frobnicate\" in [journal]"}},
        {ok + "workers = 3",
         {"x.toml:2:1: unknown key \"workers\" outside any table (it belongs to [runtime])"}},
        {ok + "frobnicate = 3", {"x.toml:2:1: unknown key \"frobnicate\""}},
        {ok + "[state_manager.tsl]\nca_file = \"x\"",
         {"x.toml:2:16: unknown key \"tsl\" in [state_manager] (did you mean \"tls\"?)"}},
        {ok + "[state_manager.tls]\nca = \"x\"",
         {"x.toml:3:1: unknown key \"ca\" in [state_manager.tls]"}},
        {ok + "[nodes.Uppercase]\ntimeuot = \"1s\"",
         {"x.toml:3:1: unknown key \"timeuot\" in [nodes.Uppercase] (did you mean \"timeout\"?)"}},
        {ok + "[nodes.\"a b\"]\nx = 1", {"x.toml:3:1: unknown key \"x\" in [nodes.\"a b\"]"}},
        {ok + "[plugins]\nwach = true",
         {"x.toml:3:1: unknown key \"wach\" in [plugins] (did you mean \"watch\"?)"}},
        {ok + "[log]\n\"le\\u001bvel\" = 1",
         {"x.toml:3:1: unknown key \"le vel\" in [log] (did you mean \"level\"?)"}},
    });
}

TEST_CASE("a value of the wrong type is named with both types") {
    check_all({
        {"[runtime]\nnamespace = 3",
         {"x.toml:2:13: runtime.namespace must be a string, not an integer"}},
        {ok + "[runtime]\nworkers = \"4\"",
         {"x.toml:2:1: not valid TOML: Error while parsing table header: cannot redefine existing "
          "table 'runtime'"}},
        {"[runtime]\nnamespace = \"a\"\nworkers = \"4\"",
         {"x.toml:3:11: runtime.workers must be an integer, not a string"}},
        {"[runtime]\nnamespace = \"a\"\nworkers = 2.0",
         {"x.toml:3:11: runtime.workers must be an integer, not a floating-point number"}},
        {"[runtime]\nnamespace = \"a\"\nworkers = [1]",
         {"x.toml:3:11: runtime.workers must be an integer, not an array"}},
        {"[runtime]\nnamespace = \"a\"\nworkers.n = 1",
         {"x.toml:3:1: runtime.workers must be an integer, not a table"}},
        {"[runtime]\nnamespace = \"a\"\npoll_interval = 1",
         {"x.toml:3:17: runtime.poll_interval must be a duration in quotes such as \"30s\", not an "
          "integer"}},
        {"[runtime]\nnamespace = \"a\"\npoll_interval = 07:32:00",
         {"x.toml:3:17: runtime.poll_interval must be a duration in quotes such as \"30s\", not a "
          "time"}},
        {ok + "[plugins]\nwatch = \"yes\"",
         {"x.toml:3:9: plugins.watch must be a boolean, not a string"}},
        {ok + "[plugins]\nsha256 = \"ab\"",
         {"x.toml:3:10: plugins.sha256 must be an array of strings, not a string"}},
        {ok + "[plugins]\nsha256 = [1]",
         {"x.toml:3:10: plugins.sha256 must be an array of strings, not of an integer (item 1)"}},
        {ok + "[log]\nlevel = true", {"x.toml:3:9: log.level must be a string, not a boolean"}},
        {ok + "[nodes.N]\nmemory = 512",
         {"x.toml:3:10: nodes.N.memory must be a size in quotes such as \"512MiB\", not an "
          "integer"}},
        {ok + "[state_manager]\ntls = \"on\"",
         {"x.toml:3:1: state_manager.tls must be a table, not a string"}},
        {ok + "journal = \"/x\"", {"x.toml:2:1: journal must be a table, not a string"}},
        {ok + "[[admin]]\nlisten = \"off\"", {"x.toml:2:3: admin must be a table, not an array"}},
        {ok + "[nodes]\nUppercase = true",
         {"x.toml:3:1: nodes.Uppercase must be a table, one for each node, not a boolean"}},
        {ok + "[state_manager]\napi_key = 12345",
         {"x.toml:3:11: state_manager.api_key must be a string, not an integer"}},
    });
}

TEST_CASE("a value out of its range is named with the range") {
    check_all({
        {"[runtime]\nnamespace = \"a\"\nworkers = 0",
         {"x.toml:3:11: runtime.workers must be between 1 and 1024, not 0"}},
        {"[runtime]\nnamespace = \"a\"\nworkers = -1",
         {"x.toml:3:11: runtime.workers must be between 1 and 1024, not -1"}},
        {"[runtime]\nnamespace = \"a\"\nbatch_size = 9223372036854775807",
         {"x.toml:3:14: runtime.batch_size must be between 1 and 65536, not 9223372036854775807"}},
        {"[runtime]\nnamespace = \"a\"\npoll_interval = \"0s\"",
         {"x.toml:3:17: runtime.poll_interval must be between \"10ms\" and \"1h\", not \"0s\""}},
        {"[runtime]\nnamespace = \"a\"\npoll_interval = \"90m\"",
         {"x.toml:3:17: runtime.poll_interval must be between \"10ms\" and \"1h\", not \"90m\""}},
        {"[runtime]\nnamespace = \"a\"\ndrain_timeout = \"2d\"",
         {"x.toml:3:17: runtime.drain_timeout must be between \"0s\" and \"1d\", not \"2d\""}},
        {ok + "[state_manager]\nconnections = 0",
         {"x.toml:3:15: state_manager.connections must be between 1 and 4096, not 0"}},
        {ok + "[nodes.N]\nisolation = \"process\"\nmemory = \"1KiB\"",
         {"x.toml:4:10: nodes.N.memory must be between \"16MiB\" and \"1024GiB\", not \"1KiB\""}},
        {ok + "[journal]\nmax_interruptions = 0",
         {"x.toml:3:21: journal.max_interruptions must be between 1 and 1000, not 0"}},
        {ok + "[embedded]\nretention = \"1s\"",
         {"x.toml:3:13: embedded.retention must be between \"1m\" and \"36500d\", not \"1s\""}},
    });
}

TEST_CASE("durations and sizes that are not ones are shown as they should be") {
    const std::string tail =
        " must be one whole number and one unit, such as \"500ms\", \"30s\", \"5m\", \"1h\" or "
        "\"30d\", not ";
    for (const std::string bad : {"5", "s", "5 s", "1.5s", "-5s", "5parsecs", "1h30m", " 5s", "5S",
                                  "99999999999999999999s", "9223372036854775807d"}) {
        CHECK(problems_of(ok + "[nodes.N]\ntimeout = \"" + bad + "\"") ==
              std::vector<std::string>{"x.toml:3:11: nodes.N.timeout" + tail + "\"" + bad + "\""});
    }
    CHECK(problems_of("[runtime]\nnamespace = \"a\"\npoll_interval = \"\"") ==
          std::vector<std::string>{"x.toml:3:17: runtime.poll_interval" + tail + "\"\""});
    for (const std::string bad : {"512MB", "512", "0.5GiB", "512 MiB", "512mib", "2TiB"}) {
        CHECK(problems_of(ok + "[nodes.N]\nisolation = \"process\"\nmemory = \"" + bad + "\"") ==
              std::vector<std::string>{"x.toml:4:10: nodes.N.memory must be one whole number and "
                                       "one unit, such as \"64KiB\", \"512MiB\" or \"2GiB\", not "
                                       "\"" +
                                       bad + "\""});
    }
}

TEST_CASE("a choice that is none lists the choices and suggests the nearest") {
    check_all({
        {"[runtime]\nnamespace = \"a\"\non_stop = \"handback\"",
         {"x.toml:3:11: runtime.on_stop must be \"hand-back\" or \"keep\", not \"handback\" (did "
          "you mean \"hand-back\"?)"}},
        {ok + "[log]\nlevel = \"Info\"",
         {"x.toml:3:9: log.level must be \"trace\", \"debug\", \"info\", \"warn\" or \"error\", "
          "not \"Info\" (did you mean \"info\"?)"}},
        {ok + "[log]\nformat = \"xml\"",
         {"x.toml:3:10: log.format must be \"text\", \"json\" or \"journald\", not \"xml\""}},
        {ok + "[plugins]\nisolation = \"container\"",
         {"x.toml:3:13: plugins.isolation must be \"none\" or \"process\", not \"container\""}},
        {ok + "[journal]\ndurability = \"\"",
         {"x.toml:3:14: journal.durability must be \"process\" or \"power\", not \"\""}},
    });
}

TEST_CASE("names, addresses and sums are judged where they stand") {
    check_all({
        {"[runtime]\nnamespace = \"\"",
         {"x.toml:2:13: runtime.namespace: namespace name \"\" is empty"}},
        {"[runtime]\nnamespace = \"a/b\"",
         {"x.toml:2:13: runtime.namespace: namespace name \"a/b\" contains '/'"}},
        {"[runtime]\nnamespace = \" a\"",
         {"x.toml:2:13: runtime.namespace: namespace name \" a\" is padded with white space"}},
        {"[runtime]\nnamespace = \"a\"\nname = \"..\"",
         {"x.toml:3:8: runtime.name: runtime name \"..\" is not allowed"}},
        {ok + "[nodes.\"a/b\"]", {"x.toml:2:8: nodes.\"a/b\": node name \"a/b\" contains '/'"}},
        {ok + "[plugins.\"\"]", {"x.toml:2:10: plugins.\"\": plugin name \"\" is empty"}},
        {ok + "[state_manager]\nuri = \"\"",
         {"x.toml:3:7: state_manager.uri must be \"embedded\" or begin with http:// or https://"}},
        {ok + "[state_manager]\nuri = \"127.0.0.1:8000\"",
         {"x.toml:3:7: state_manager.uri must be \"embedded\" or begin with http:// or https://"}},
        {ok + "[state_manager]\nuri = \"http://me:secret@h\"",
         {"x.toml:3:7: state_manager.uri must not hold a user name or password: the API key is "
          "enough"}},
        {ok + "[state_manager]\nuri = \"http://h:99999\"",
         {"x.toml:3:7: state_manager.uri has a port that is not in 1..65535"}},
        {ok + "[state_manager]\nuri = \"http://:8000\"",
         {"x.toml:3:7: state_manager.uri names no host, as in http://127.0.0.1:8000"}},
        {ok + "[state_manager]\nuri = \"http://::1\"",
         {"x.toml:3:7: state_manager.uri needs brackets around an IPv6 address, as in "
          "[::1]:8000"}},
        {ok + "[state_manager]\nuri = \"http://h/a?b=c\"",
         {"x.toml:3:7: state_manager.uri must be a host, a port and at most a path, without '?', "
          "'#' or blanks"}},
        {ok + "[embedded]\nlisten = \"8000\"",
         {"x.toml:3:10: embedded.listen must be ADDRESS:PORT such as \"127.0.0.1:8000\" or "
          "\"[::1]:8000\", not \"8000\""}},
        {ok + "[embedded]\nlisten = \"\"",
         {"x.toml:3:10: embedded.listen must be ADDRESS:PORT such as \"127.0.0.1:8000\" or "
          "\"[::1]:8000\", not \"\""}},
        {ok + "[admin]\nlisten = \"on\"",
         {"x.toml:3:10: admin.listen must be \"off\", \"\" or ADDRESS:PORT such as "
          "\"127.0.0.1:9711\", not \"on\""}},
        {ok + "[plugins]\nsha256 = [\"abc\"]",
         {"x.toml:3:10: plugins.sha256 must hold SHA-256 sums of 64 hexadecimal digits, not "
          "\"abc\""}},
        {ok + "[plugins]\ndirectory = \"\"", {"x.toml:3:13: plugins.directory must not be empty"}},
        {ok + "[journal]\npath = \"a\\u0000b\"",
         {"x.toml:3:8: journal.path contains a NUL character"}},
        {ok + "[state_manager]\napi_key = \"top secret\"",
         {"x.toml:3:11: state_manager.api_key contains white space or control characters"}},
    });
}

TEST_CASE("what is right alone but wrong together is found") {
    check_all({
        {"[log]\nlevel = \"warn\"",
         {"x.toml:1:1: runtime.namespace is required: the namespace in which this daemon registers "
          "nodes and claims states"}},
        {"\n\n[runtime]\nname = \"n\"",
         {"x.toml:3:1: runtime.namespace is required: the namespace in which this daemon registers "
          "nodes and claims states"}},
        {"[runtime]\nnamespace = \"a\"\nworkers = 8\nbatch_size = 4",
         {"x.toml:3:1: runtime.workers (8) is more than runtime.batch_size (4): the others would "
          "never get work"}},
        {ok + "[state_manager]\nuri = \"https://h\"\n[state_manager.tls]\ncert_file = \"c\"",
         {"x.toml:5:1: state_manager.tls.cert_file needs state_manager.tls.key_file"}},
        {ok + "[state_manager]\nuri = \"https://h\"\ntls.key_file = \"k\"",
         {"x.toml:4:5: state_manager.tls.key_file needs state_manager.tls.cert_file"}},
        {ok + "[state_manager.tls]\nca_file = \"c\"",
         {"x.toml:3:1: state_manager.tls.ca_file has no effect: state_manager.uri is not an "
          "https:// address"}},
        {ok + "[state_manager]\napi_key = \"k\"\napi_key_file = \"/f\"",
         {"x.toml:3:1: state_manager.api_key and state_manager.api_key_file are both set: keep "
          "one"}},
        {ok + "[nodes.N]\nmemory = \"64MiB\"",
         {"x.toml:3:1: nodes.N.memory has no effect without isolation = \"process\""}},
        {ok + "[plugins]\nisolation = \"process\"\n[nodes.\"a.b\"]\nisolation = \"none\"\nmemory = "
              "\"64MiB\"",
         {"x.toml:6:1: nodes.\"a.b\".memory has no effect without isolation = \"process\""}},
        {ok + "[plugins.watch]\nroot = \"/x\"",
         {"x.toml:2:10: plugins.watch must be a boolean, not a table: a plugin of that name cannot "
          "be configured"}},
        {ok + "[plugins.files]\nroots = [\"/a\"]\nmore.x = 1",
         {"x.toml:3:1: plugins.files.roots must be a string, a number, a boolean or a date, not an "
          "array",
          "x.toml:4:1: plugins.files.more must be a string, a number, a boolean or a date, not a "
          "table"}},
    });
}

TEST_CASE("all problems of a file come at once and in its order") {
    CHECK(problems_of("[log]\nlevel = 1\n[runtime]\nworkers = \"x\"\nnmae = \"\"\n[embeded]\n",
                      {.state_manager_uri = "ftp://h", .log_level = "loud"}) ==
          std::vector<std::string>{
              "environment: EXOSPHERE_STATE_MANAGER_URI must be \"embedded\" or begin with http:// "
              "or https://",
              "environment: EXOSPHERE_LOG_LEVEL must be \"trace\", \"debug\", \"info\", \"warn\" "
              "or \"error\", not \"loud\"",
              "x.toml:2:9: log.level must be a string, not an integer",
              "x.toml:3:1: runtime.namespace is required: the namespace in which this daemon "
              "registers nodes and claims states",
              "x.toml:4:11: runtime.workers must be an integer, not a string",
              "x.toml:5:1: unknown key \"nmae\" in [runtime] (did you mean \"name\"?)",
              "x.toml:6:2: unknown table \"embeded\" (did you mean \"embedded\"?)"});
}

TEST_CASE("text that is not TOML is one problem with its place") {
    for (const auto& text :
         {std::string("[runtime\n"), std::string("a = \n"), std::string("a = \"x\n"),
          std::string("a = 1\na = 2\n"), std::string("a = \"\xff\"\n"), std::string("\0", 1),
          std::string("a = ") + std::string(100'000, '[')}) {
        const auto problems = problems_of(text);
        INFO(text.substr(0, 60));
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].starts_with("x.toml:"));
        CHECK(problems[0].find(": not valid TOML: ") != std::string::npos);
        CHECK(problems[0].find('\n') == std::string::npos);
        CHECK(problems[0].size() < 400);
    }
}
