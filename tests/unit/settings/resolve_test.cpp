#include "settings/resolve.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "support/temp_dir.hpp"

using namespace exo::settings;

TEST_CASE("the API key comes from the first source that is named") {
    const exo::test::TempDir dir;
    const auto file = dir.write("key", "from-file\n", 0600);
    dir.write("api-key", "from-credential\r\n", 0600);
    StateManager settings;
    Environment environment{.credentials_directory = dir.path()};

    auto key = find_api_key(settings, environment).value();
    CHECK(key.value == "from-credential");
    CHECK(key.origin == "credential \"api-key\"");

    environment.api_key = "from-environment";
    key = find_api_key(settings, environment).value();
    CHECK(key.value == "from-environment");
    CHECK(key.origin == "EXOSPHERE_API_KEY");

    settings.api_key = "from-config";
    CHECK(find_api_key(settings, environment).value().value == "from-config");

    settings.api_key_file = file;
    key = find_api_key(settings, environment).value();
    CHECK(key.value == "from-file");
    CHECK(key.origin == "file " + file);
    CHECK(key.warning.empty());
}

TEST_CASE("a key source that is named but unusable is an error and never shows the key") {
    const exo::test::TempDir dir;
    const auto error_of = [](const std::string& path) {
        return find_api_key({.api_key_file = path}, {.api_key = "other"}).error().message;
    };
    const auto missing = dir.path() + "/missing";
    CHECK(error_of(missing) ==
          "API key file " + missing + " cannot be read: No such file or directory");
    const auto empty = dir.write("empty", "\n\n", 0600);
    CHECK(error_of(empty) == "API key file " + empty + " is empty");
    const auto lines = dir.write("lines", "topsecret\nx-evil: 1\n", 0600);
    CHECK(error_of(lines) ==
          "the API key in file " + lines + " contains white space or control characters");
    const auto large = dir.write("large", std::string(20'000, 'k'), 0600);
    CHECK(error_of(large) == "API key file " + large + " is larger than 16384 bytes");
    CHECK(find_api_key({}, {.api_key = "a b"}).error().message ==
          "the API key in EXOSPHERE_API_KEY contains white space or control characters");
    CHECK(find_api_key({}, {.credentials_directory = dir.path()}).error().message ==
          "no API key: set state_manager.api_key_file, EXOSPHERE_API_KEY or the systemd credential "
          "\"api-key\"");
}

TEST_CASE("a key file that others can read works with a warning") {
    const exo::test::TempDir dir;
    const auto file = dir.write("key", "k", 0644);
    const auto key = find_api_key({.api_key_file = file}, {}).value();
    CHECK(key.value == "k");
    CHECK(key.warning == "API key file " + file + " can be read by others: chmod o-rwx " + file);
}

TEST_CASE("files live where the settings say, else systemd, else the user's directories") {
    Settings settings;
    settings.runtime.namespace_name = "My Project";
    Environment environment{.home = "/home/u"};
    CHECK(journal_path(settings, environment).value() ==
          "/home/u/.local/state/exosphere/My Project/journal.db");
    CHECK(data_directory(settings.embedded, environment).value() ==
          "/home/u/.local/state/exosphere/state-manager");
    CHECK(cache_directory(settings.plugins, environment).value() == "/home/u/.cache/exosphere");

    environment.xdg_state_home = "/xdg/state";
    environment.xdg_cache_home = "relative/is/ignored";
    CHECK(journal_path(settings, environment).value() ==
          "/xdg/state/exosphere/My Project/journal.db");
    CHECK(cache_directory(settings.plugins, environment).value() == "/home/u/.cache/exosphere");

    environment.state_directory = "/var/lib/exosphere/prod:/var/lib/other";
    environment.cache_directory = "/var/cache/exosphere";
    CHECK(journal_path(settings, environment).value() == "/var/lib/exosphere/prod/journal.db");
    CHECK(data_directory(settings.embedded, environment).value() ==
          "/var/lib/exosphere/prod/state-manager");
    CHECK(cache_directory(settings.plugins, environment).value() == "/var/cache/exosphere");

    settings.journal.path = "j.db";
    settings.embedded.data_dir = "/d";
    settings.plugins.cache_directory = "/c";
    CHECK(journal_path(settings, environment).value() == "j.db");
    CHECK(data_directory(settings.embedded, environment).value() == "/d");
    CHECK(cache_directory(settings.plugins, environment).value() == "/c");
}

TEST_CASE("without any place for a file the error names what was looked at") {
    CHECK(journal_path({}, {}).error().message ==
          "journal.path is not set, and neither is any of STATE_DIRECTORY, XDG_STATE_HOME, HOME: "
          "there is no place for it");
    CHECK_FALSE(data_directory({}, {.home = "relative"}));
    CHECK_FALSE(cache_directory({}, {}));
}

TEST_CASE("a runtime has a name and workers even if none are configured") {
    CHECK(runtime_name({.name = "box"}) == "box");
    CHECK_FALSE(runtime_name({}).empty());
    CHECK(worker_count({.workers = 3}) == 3);
    CHECK(worker_count({}) >= 1);
}
