#include "cli/parse.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "support/temp_dir.hpp"

using namespace exo::cli;
using namespace std::chrono_literals;
using exo::base::ExitCode;

namespace {

const std::map<std::string, std::string> variables = {{"TOKEN", "from-environment"}, {"EMPTY", ""}};

std::optional<std::string> lookup(const std::string& name) {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
}

template <class T>
T parsed(std::vector<std::string> arguments) {
    const auto result = parse(std::move(arguments), lookup);
    if (const auto* answered = std::get_if<Answered>(&result)) {
        FAIL(answered->err << answered->out);
    }
    REQUIRE(std::holds_alternative<T>(std::get<Command>(result)));
    return std::get<T>(std::get<Command>(result));
}

Answered answered(std::vector<std::string> arguments) {
    const auto result = parse(std::move(arguments), lookup);
    REQUIRE(std::holds_alternative<Answered>(result));
    return std::get<Answered>(result);
}

std::vector<std::string> words(const std::string& line) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string word; in >> word;) out.push_back(word);
    return out;
}

}  // namespace

TEST_CASE("run is the default command") {
    using exo::app::RunOptions;
    CHECK(parsed<RunOptions>({}).config_file == "/etc/exosphere/exosphered.toml");
    CHECK(parsed<RunOptions>({"run"}).config_file == "/etc/exosphere/exosphered.toml");
    CHECK(parsed<RunOptions>({"--config", "x.toml"}).config_file == "x.toml");
    CHECK(parsed<RunOptions>({"run", "--config=x.toml"}).config_file == "x.toml");
}

TEST_CASE("dev takes a graph and a trigger with its values") {
    const exo::test::TempDir dir;
    const auto file = dir.write("value", "two\nlines\n");
    const auto o = parsed<exo::app::DevOptions>(
        {"dev",     "--plugin-dir", "/p",       "--listen",    "[::1]:0",    "--data-dir",
         "/d",      "--api-key",    "k",        "--namespace", "My Project", "--graph",
         "g.json",  "--trigger",    "-i",       "a=1",         "-i",         "b=x=y",
         "--store", "s=@" + file,   "--secret", "t=",          "--wait",     "--json"});
    CHECK(o.plugin_dir == "/p");
    CHECK(o.listen == "[::1]:0");
    CHECK(o.data_dir == "/d");
    CHECK(o.api_key == "k");
    CHECK(o.namespace_name == "My Project");
    CHECK(o.graph_file == "g.json");
    CHECK(o.trigger);
    CHECK(o.inputs == KeyValues{{"a", "1"}, {"b", "x=y"}});
    CHECK(o.store == KeyValues{{"s", "two\nlines\n"}});
    CHECK(o.secrets == KeyValues{{"t", ""}});
    CHECK(o.wait);
    CHECK(o.json);
    CHECK(parsed<exo::app::DevOptions>({"dev"}).listen == "127.0.0.1:8000");
}

TEST_CASE("state-manager check config nodes exec and probe-plugin are understood") {
    const auto server = parsed<exo::app::StateManagerOptions>(
        {"state-manager", "--listen", "0.0.0.0:1", "--data-dir", "/d", "--api-key-file", "/k"});
    CHECK(server.listen == "0.0.0.0:1");
    CHECK(server.data_dir == "/d");
    CHECK(server.api_key_file == "/k");
    const auto check = parsed<CheckOptions>({"check", "--config", "c", "--json"});
    CHECK(check.config_file == "c");
    CHECK(check.json);
    CHECK(parsed<ConfigInitOptions>({"config", "init", "new.toml"}).file == "new.toml");
    CHECK(parsed<ConfigInitOptions>({"config", "init"}).file.empty());
    CHECK(parsed<NodesOptions>({"nodes", "--plugin-dir", "/p"}).plugin_dir == "/p");
    CHECK(parsed<NodesOptions>({"nodes", "--config", "/c", "--json"}).config_file == "/c");
    CHECK(parsed<ProbePluginOptions>({"probe-plugin", "a.so"}).file == "a.so");
    const auto exec =
        parsed<ExecOptions>({"exec", "Uppercase", "--plugin-dir", "/p", "-i", "text=hello", "-s",
                             "a=b", "--secret-env", "k=TOKEN", "--timeout", "500ms"});
    CHECK(exec.node == "Uppercase");
    CHECK(exec.inputs == KeyValues{{"text", "hello"}});
    CHECK(exec.secrets == KeyValues{{"a", "b"}, {"k", "from-environment"}});
    CHECK(exec.timeout == 500ms);
}

TEST_CASE("client commands take the server and one command each") {
    const auto apply = parsed<GraphApplyOptions>(
        {"graph", "apply", "graphs/word-count.json", "--secret", "k=v", "--uri", "https://h/x",
         "--api-key", "key", "--namespace", "n", "--json"});
    CHECK(apply.file == "graphs/word-count.json");
    CHECK(apply.name == "word-count");
    CHECK(apply.secrets == KeyValues{{"k", "v"}});
    CHECK(apply.client.uri == "https://h/x");
    CHECK(apply.client.api_key == "key");
    CHECK(apply.client.namespace_name == "n");
    CHECK(apply.client.json);
    CHECK(parsed<GraphApplyOptions>({"graph", "apply", "f", "--name", "n"}).name == "n");
    CHECK(parsed<GraphShowOptions>({"graph", "show", "g", "--config", "c"}).client.config_file ==
          "c");
    CHECK(parsed<GraphListOptions>({"graph", "list", "--api-key-file", "f"}).client.api_key_file ==
          "f");
    const auto trigger =
        parsed<TriggerOptions>({"trigger", "-i", "a=1", "g", "--store", "s=-5", "--watch"});
    CHECK(trigger.graph == "g");
    CHECK(trigger.inputs == KeyValues{{"a", "1"}});
    CHECK(trigger.store == KeyValues{{"s", "-5"}});
    CHECK(trigger.watch);
    const auto list = parsed<RunsListOptions>({"runs", "list", "--page", "2", "--size", "5"});
    CHECK(list.page == 2);
    CHECK(list.size == 5);
    CHECK(parsed<RunsShowOptions>({"runs", "show", "r", "--outputs"}).outputs);
    CHECK(parsed<RunsWatchOptions>({"runs", "watch", "r"}).run_id == "r");
}

TEST_CASE("values that look like something else are taken as they are") {
    const auto values = [](const std::string& item) {
        return parsed<TriggerOptions>({"trigger", "g", "-i", item}).inputs;
    };
    for (const std::string value : {"", "[a,b]", "{}", "{\"a\":[1,2]}", "a b", "'q'", "\"q\"", "-x",
                                    "--", "%%", "a,b;c", "\xc3\xa9"}) {
        INFO(value);
        CHECK(values("k=" + value) == KeyValues{{"k", value}});
    }
}

TEST_CASE("a mistake is one clear text and exit code 2") {
    const exo::test::TempDir dir;
    const auto binary = dir.write("binary", "\xff\xfe");
    struct Case {
        std::vector<std::string> arguments;
        std::string text;  // of the first line
    };
    const std::vector<Case> cases = {
        {{"grph"}, "exosphered: there is no command \"grph\" (did you mean \"graph\"?)"},
        {{"state_manager"},
         "exosphered: there is no command \"state_manager\" (did you mean \"state-manager\"?)"},
        {{"frobnicate"}, "exosphered: there is no command \"frobnicate\""},
        {{"probe-plugn"}, "exosphered: there is no command \"probe-plugn\""},
        {{"graph", "aply"},
         "exosphered graph: there is no command \"aply\" (did you mean \"apply\"?)"},
        {{"graph"}, "exosphered graph: A subcommand is required"},
        {{"runs", "list", "--pag", "3"},
         "exosphered runs list: there is no option \"--pag\" (did you mean \"--page\"?)"},
        {{"--confg=x"},
         "exosphered run: there is no option \"--confg\" (did you mean \"--config\"?)"},
        {{"nodes", "--config", "x", "--jsno=x"},
         "exosphered nodes: there is no option \"--jsno\" (did you mean \"--json\"?)"},
        {{"trigger", "g", "--api-kye=hush"},
         "exosphered trigger: there is no option \"--api-kye\" (did you mean \"--api-key\"?)"},
        {{"trigger", "g", "h"}, "exosphered trigger: unexpected argument \"h\""},
        {{"trigger"}, "exosphered trigger: GRAPH is required"},
        {{"trigger", "g", "-i", "a"},
         "exosphered trigger: -i,--input takes KEY=VALUE or KEY=@FILE, not \"a\""},
        {{"trigger", "g", "-i", "=a"},
         "exosphered trigger: -i,--input takes KEY=VALUE or KEY=@FILE, not \"\""},
        {{"trigger", "g", "-i", "a=1", "-i", "a=2"},
         "exosphered trigger: -i,--input gives \"a\" twice"},
        {{"trigger", "g", "-i", "a=@/none"},
         "exosphered trigger: -i,--input a=@/none cannot be read: No such file or directory"},
        {{"trigger", "g", "-i", "a=@" + binary},
         "exosphered trigger: -i,--input takes UTF-8 text only"},
        {{"trigger", "a/b"}, "exosphered trigger: graph name \"a/b\" contains '/'"},
        {{"trigger", "g", "--namespace", ""}, "exosphered trigger: namespace name \"\" is empty"},
        {{"trigger", "g", "--uri", "h:8000"},
         "exosphered trigger: --uri must be \"embedded\" or begin with http:// or https://"},
        {{"trigger", "g", "--uri", "embedded"},
         "exosphered trigger: --uri must begin with http:// or https://"},
        {{"trigger", "g", "--api-key", "a b"},
         "exosphered trigger: --api-key contains white space or control characters"},
        {{"trigger", "g", "--api-key", "k", "--api-key-file", "f"},
         "exosphered trigger: --api-key excludes --api-key-file"},
        {{"runs", "show", "../x"}, "exosphered runs show: run name \"../x\" contains '/'"},
        {{"runs", "list", "--page", "0"},
         "exosphered runs list: --page: Value 0 not in range 1 to "
         "1000000000"},
        {{"runs", "list", "--size", "many"},
         "exosphered runs list: --size: Value many not in range 1 to 1000"},
        {{"exec", "N"}, "exosphered exec: --plugin-dir is required"},
        {{"exec", "N", "--plugin-dir", "p", "--secret-env", "k=NONE"},
         "exosphered exec: --secret-env k: the variable NONE is not set"},
        {{"exec", "N", "--plugin-dir", "p", "--timeout", "30"},
         "exosphered exec: --timeout must be one whole number and one unit, such as \"30s\", not "
         "\"30\""},
        {{"dev", "--listen", "8000"},
         "exosphered dev: --listen must be ADDRESS:PORT such as \"127.0.0.1:8000\" or "
         "\"[::1]:8000\", not \"8000\""},
        {{"dev", "--trigger"}, "exosphered dev: --trigger requires --graph"},
        {{"dev", "--graph", "g", "--wait"}, "exosphered dev: --wait requires --trigger"},
        {{"dev", "--graph", "g", "-i", "a=b"}, "exosphered dev: --input requires --trigger"},
        {{"state-manager", "--api-key", "k", "--api-key-file", "f"},
         "exosphered state-manager: --api-key excludes --api-key-file"},
        {{"run", "--config"}, "exosphered run: --config: 1 required FILE missing"},
    };
    for (const auto& c : cases) {
        const auto got = answered(c.arguments);
        CHECK(got.code == ExitCode::usage);
        CHECK(got.out.empty());
        CHECK(got.err.substr(0, got.err.find('\n')) == c.text);
        CHECK(got.err.find(" --help\n") != std::string::npos);
        CHECK(got.err.find("hush") == std::string::npos);
    }
}

TEST_CASE("nodes needs exactly one place to look in") {
    CHECK(answered({"nodes"}).code == ExitCode::usage);
    CHECK(answered({"nodes", "--plugin-dir", "p", "--config", "c"}).code == ExitCode::usage);
}

TEST_CASE("every command has a help text with an example") {
    auto names = command_names();
    CHECK(names == std::vector<std::string>{"run", "dev", "state-manager", "check", "config init",
                                            "nodes", "exec", "graph apply", "graph show",
                                            "graph list", "trigger", "runs list", "runs show",
                                            "runs watch"});
    names.push_back("graph");
    names.push_back("runs");
    names.push_back("config");
    for (const auto& name : names) {
        auto arguments = words(name);
        arguments.emplace_back("--help");
        const auto help = answered(arguments);
        INFO(help.out);
        CHECK(help.code == ExitCode::done);
        CHECK(help.err.empty());
        CHECK(help.out.find("Example:\n  exosphered " + words(name)[0]) != std::string::npos);
        CHECK(help.out.find("Usage: exosphered " + name + " [OPTIONS]") != std::string::npos);
    }
    const auto help = answered({"--help"});
    CHECK(help.code == ExitCode::done);
    CHECK(help.out.find("Usage: exosphered [OPTIONS]") != std::string::npos);
    CHECK(help.out.find("Example:\n  exosphered dev") != std::string::npos);
    CHECK(help.out.find("probe-plugin") == std::string::npos);
    CHECK(answered({"--version"}).out.starts_with("exosphered "));
}

TEST_CASE("every example of a help text is a command line that is understood") {
    const exo::test::TempDir dir;
    for (const auto& name : command_names()) {
        auto arguments = words(name);
        arguments.emplace_back("--help");
        const auto help = answered(arguments).out;
        std::istringstream lines(help.substr(help.find("Example:\n") + 9));
        for (std::string line; std::getline(lines, line) && line.starts_with("  exosphered ");) {
            auto example = words(line);
            example.erase(example.begin());
            for (auto& word : example) {
                if (const auto at = word.find("=@"); at != std::string::npos) {
                    word = word.substr(0, at + 2) + dir.write("value", "v");
                }
            }
            INFO(line);
            const auto result = parse(example, lookup);
            if (const auto* wrong = std::get_if<Answered>(&result)) FAIL(wrong->err);
        }
    }
}

TEST_CASE("the page of commands has every command and only examples of its help text") {
    std::ifstream in(std::string(EXO_SOURCE_DIR) + "/docs/commands.md");
    REQUIRE(in);
    std::map<std::string, std::vector<std::string>> examples;  // by heading
    std::string heading;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("### ")) {
            heading = line.substr(4);
            examples[heading];
        } else if (line.starts_with("    exosphered ")) {
            examples[heading].push_back(line.substr(4));
        }
    }
    const auto names = command_names();
    CHECK(examples.size() == names.size());
    for (const auto& name : names) {
        auto arguments = words(name);
        arguments.emplace_back("--help");
        const auto help = answered(arguments).out;
        INFO(name);
        CHECK_FALSE(examples[name].empty());
        for (const auto& example : examples[name]) {
            INFO(example);
            CHECK(help.find("  " + example + "\n") != std::string::npos);
        }
    }
}

TEST_CASE("the environment is read once by its names") {
    std::vector<std::string> asked;
    const auto environment = read_environment([&](const std::string& name) {
        asked.push_back(name);
        return std::optional<std::string>("<" + name + ">");
    });
    CHECK(environment.state_manager_uri == "<EXOSPHERE_STATE_MANAGER_URI>");
    CHECK(environment.api_key == "<EXOSPHERE_API_KEY>");
    CHECK(environment.log_level == "<EXOSPHERE_LOG_LEVEL>");
    CHECK(environment.credentials_directory == "<CREDENTIALS_DIRECTORY>");
    CHECK(environment.state_directory == "<STATE_DIRECTORY>");
    CHECK(environment.xdg_cache_home == "<XDG_CACHE_HOME>");
    CHECK(environment.no_color == "<NO_COLOR>");
    CHECK(asked.size() == 15);
}
