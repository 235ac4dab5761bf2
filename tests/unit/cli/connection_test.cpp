#include "cli/connection.hpp"

#include <catch2/catch.hpp>

#include "support/temp_dir.hpp"

using namespace exo::cli;
using exo::base::ExitCode;
using exo::settings::Environment;

TEST_CASE("the command line beats the environment and that the configuration") {
    const exo::test::TempDir dir;
    const auto key = dir.write("key", "file-key\n");
    const auto config = dir.write("c.toml",
                                  "[runtime]\nnamespace = \"conf\"\n[state_manager]\n"
                                  "uri = \"http://conf:1\"\napi_key = \"conf-key\"\n");
    const Environment environment{.state_manager_uri = "http://env:2", .api_key = "env-key"};

    auto c = find_connection({}, environment).value();
    CHECK(c.uri == "http://env:2");
    CHECK(c.namespace_name == "default");
    CHECK(c.api_key == "env-key");
    CHECK(c.api_key_origin == "EXOSPHERE_API_KEY");

    c = find_connection({.config_file = config}, environment).value();
    CHECK(c.uri == "http://env:2");
    CHECK(c.namespace_name == "conf");
    CHECK(c.api_key == "conf-key");
    CHECK(find_connection({.config_file = config}, {}).value().uri == "http://conf:1");

    c = find_connection({.uri = "https://line:3",
                         .api_key_file = key,
                         .namespace_name = "line",
                         .config_file = config},
                        environment)
            .value();
    CHECK(c.uri == "https://line:3");
    CHECK(c.namespace_name == "line");
    CHECK(c.api_key == "file-key");
    CHECK(c.api_key_origin == "file " + key);

    CHECK(find_connection({.api_key = "k"}, {}).value().uri == "http://127.0.0.1:8000");
}

TEST_CASE("without a key the command says how to give one") {
    const auto none = find_connection({}, {});
    REQUIRE(none.has_error());
    CHECK(none.error().code == ExitCode::usage);
    CHECK(none.error().message ==
          "no API key: give --api-key-file or --api-key, set EXOSPHERE_API_KEY, or name a "
          "configuration with --config");
    const auto missing = find_connection({.api_key_file = "/none"}, {});
    REQUIRE(missing.has_error());
    CHECK(missing.error().message ==
          "API key file /none cannot be read: No such file or directory");
    const auto config = find_connection({.config_file = "/none.toml"}, {});
    REQUIRE(config.has_error());
    CHECK(config.error().code == ExitCode::refused);
}

TEST_CASE("an address that is none names where it came from") {
    const auto line = find_connection({.uri = "http://h:x", .api_key = "k"}, {});
    REQUIRE(line.has_error());
    CHECK(line.error().message.starts_with("--uri: "));
    const auto variable = find_connection({.api_key = "k"}, {.state_manager_uri = "nonsense"});
    REQUIRE(variable.has_error());
    CHECK(variable.error().message.starts_with("EXOSPHERE_STATE_MANAGER_URI: "));
}

TEST_CASE("an embedded state manager is found by its configuration") {
    const exo::test::TempDir dir;
    dir.write("api-key", "made-key\n");
    const auto config = dir.write("c.toml",
                                  "[runtime]\nnamespace = \"n\"\n[state_manager]\nuri = "
                                  "\"embedded\"\n[embedded]\nlisten = \"0.0.0.0:8123\"\n"
                                  "data_dir = \"" +
                                      dir.path() + "\"\n");
    const auto c = find_connection({.config_file = config}, {}).value();
    CHECK(c.uri == "http://127.0.0.1:8123");
    CHECK(c.api_key == "made-key");
    CHECK(c.api_key_origin == "file " + dir.path() + "/api-key");
}
