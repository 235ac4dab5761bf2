#include "settings/resolve.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <thread>

#include "settings/file.hpp"
#include "settings/values.hpp"

namespace exo::settings {
namespace {

// systemd gives several directories as "a:b"; the first one is ours.
std::string first_directory(const std::string& list) { return list.substr(0, list.find(':')); }

bool is_absolute(const std::string& path) { return path.starts_with('/'); }

// XDG: relative paths in these variables are to be ignored.
std::optional<std::string> user_directory(const std::string& xdg, const std::string& home,
                                          std::string_view under_home) {
    if (is_absolute(xdg)) return xdg + "/exosphere";
    if (is_absolute(home)) return home + "/" + std::string(under_home) + "/exosphere";
    return std::nullopt;
}

base::Error nowhere(std::string_view key, std::string_view variables) {
    return base::fail(std::string(key) + " is not set, and neither is any of " +
                      std::string(variables) + ": there is no place for it");
}

base::Result<ApiKey> usable(std::string value, std::string origin) {
    if (auto checked = check_key_text(value); !checked) {
        return base::fail("the API key in " + origin + " " + checked.error().message);
    }
    return ApiKey{.value = std::move(value), .origin = std::move(origin), .warning = {}};
}

base::Result<ApiKey> read_key(const std::string& path, const std::string& origin) {
    constexpr std::size_t largest = 16'384;
    auto file = read_file(path, largest);
    if (!file) return base::fail("API key " + origin + " " + file.error().message);
    auto& text = file->text;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (text.empty()) return base::fail("API key " + origin + " is empty");
    auto key = usable(std::move(text), origin);
    if (key && file->others_can_read) {
        key->warning =
            "API key " + origin + " can be read by others: chmod o-rwx " + shell_quoted(path);
    }
    return key;
}

}  // namespace

base::Result<ApiKey> read_api_key_file(const std::string& path) {
    return read_key(path, "file " + path);
}

base::Result<ApiKey> find_api_key(const StateManager& settings, const Environment& environment) {
    if (!settings.api_key_file.empty()) return read_api_key_file(settings.api_key_file);
    if (!settings.api_key.empty()) return usable(settings.api_key, "state_manager.api_key");
    if (!environment.api_key.empty()) return usable(environment.api_key, "EXOSPHERE_API_KEY");
    if (!environment.credentials_directory.empty()) {
        const auto path = environment.credentials_directory + "/api-key";
        if (::access(path.c_str(), F_OK) == 0) {
            auto key = read_key(path, "credential \"api-key\"");
            if (key) key->warning.clear();  // systemd sees to the rights of its credentials
            return key;
        }
    }
    return base::fail(
        "no API key: set state_manager.api_key_file, EXOSPHERE_API_KEY or the systemd credential "
        "\"api-key\"");
}

std::string runtime_name(const Runtime& runtime) {
    if (!runtime.name.empty()) return runtime.name;
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0 || host[0] == '\0') return "exosphered";
    return host.data();
}

unsigned worker_count(const Runtime& runtime) {
    return runtime.workers != 0 ? runtime.workers
                                : std::max(1U, std::thread::hardware_concurrency());
}

base::Result<std::string> journal_path(const Settings& settings, const Environment& environment) {
    if (!settings.journal.path.empty()) return settings.journal.path;
    if (!environment.state_directory.empty()) {
        return first_directory(environment.state_directory) + "/journal.db";
    }
    const auto user = user_directory(environment.xdg_state_home, environment.home, ".local/state");
    if (!user) return nowhere("journal.path", "STATE_DIRECTORY, XDG_STATE_HOME, HOME");
    // One daemon per namespace may run beside the others without any configuration.
    return *user + "/" + settings.runtime.namespace_name + "/journal.db";
}

base::Result<std::string> data_directory(const Embedded& settings, const Environment& environment) {
    if (!settings.data_dir.empty()) return settings.data_dir;
    if (!environment.state_directory.empty()) {
        return first_directory(environment.state_directory) + "/state-manager";
    }
    const auto user = user_directory(environment.xdg_state_home, environment.home, ".local/state");
    if (!user) return nowhere("embedded.data_dir", "STATE_DIRECTORY, XDG_STATE_HOME, HOME");
    return *user + "/state-manager";
}

base::Result<std::string> cache_directory(const Plugins& settings, const Environment& environment) {
    if (!settings.cache_directory.empty()) return settings.cache_directory;
    if (!environment.cache_directory.empty()) return first_directory(environment.cache_directory);
    const auto user = user_directory(environment.xdg_cache_home, environment.home, ".cache");
    if (!user) {
        return nowhere("plugins.cache_directory", "CACHE_DIRECTORY, XDG_CACHE_HOME, HOME");
    }
    return *user;
}

}  // namespace exo::settings
