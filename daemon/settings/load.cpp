#include "settings/load.hpp"

#include <algorithm>
#include <stdexcept>

#include "settings/document.hpp"
#include "settings/file.hpp"
#include "settings/keys.hpp"
#include "settings/values.hpp"

namespace exo::settings {
namespace {

Problem in_environment(std::string message) {
    return {.file = "environment", .message = std::move(message)};
}

void apply_environment(const Environment& environment, Settings& settings, Problems& problems) {
    if (const auto& uri = environment.state_manager_uri; !uri.empty()) {
        if (auto checked = check_uri(uri); checked) {
            settings.state_manager.uri = uri;
        } else {
            problems.push_back(
                in_environment("EXOSPHERE_STATE_MANAGER_URI " + checked.error().message));
        }
    }
    if (const auto& level = environment.log_level; !level.empty()) {
        const Key* key = find_key("log", "level");
        if (auto value = choose(*key, level); value) {
            key->set({settings}, {.text = level});
        } else {
            problems.push_back(in_environment("EXOSPHERE_LOG_LEVEL " + value.error().message));
        }
    }
}

// What is right key by key, but wrong together.
class Contradictions {
  public:
    Contradictions(const Document& document, const Settings& settings, bool uri_overridden,
                   Problems& problems)
        : document_(document),
          settings_(settings),
          uri_overridden_(uri_overridden),
          problems_(problems) {}

    void find() {
        runtime();
        api_key();
        tls();
        for (const auto& [name, node] : settings_.nodes) memory(name, node);
    }

  private:
    void add(std::string_view table, std::string_view name, std::string message) {
        problems_.push_back(document_.problem_at(table, name, std::move(message)));
    }

    void runtime() {
        const auto& runtime = settings_.runtime;
        if (!document_.has("runtime", "namespace")) {
            problems_.push_back(document_.problem_at_table(
                "runtime",
                "runtime.namespace is required: the namespace in which this daemon "
                "registers nodes and claims states"));
        }
        if (runtime.workers > runtime.batch_size) {
            add("runtime", "workers",
                "runtime.workers (" + std::to_string(runtime.workers) +
                    ") is more than runtime.batch_size (" + std::to_string(runtime.batch_size) +
                    "): the others would never get work");
        }
    }

    void api_key() {
        const auto& server = settings_.state_manager;
        if (server.api_key.empty()) return;
        if (document_.source().others_can_read) {
            add("state_manager", "api_key",
                "state_manager.api_key stands in a file that others can read: chmod o-rwx " +
                    shell_quoted(document_.source().name) +
                    ", or keep the key in state_manager.api_key_file");
        }
        if (!server.api_key_file.empty()) {
            add("state_manager", "api_key",
                "state_manager.api_key and state_manager.api_key_file are both set: keep one");
        }
    }

    void tls() {
        const auto& server = settings_.state_manager;
        constexpr std::string_view table = "state_manager.tls";
        if (!server.tls.cert_file.empty() && server.tls.key_file.empty()) {
            add(table, "cert_file", "state_manager.tls.cert_file needs state_manager.tls.key_file");
        }
        if (!server.tls.key_file.empty() && server.tls.cert_file.empty()) {
            add(table, "key_file", "state_manager.tls.key_file needs state_manager.tls.cert_file");
        }
        // A server given by the environment, for one run, does not make the file wrong.
        if (server.uri.starts_with("https://") || uri_overridden_) return;
        for (const auto& [name, value] : {std::pair{"ca_file", &server.tls.ca_file},
                                          std::pair{"cert_file", &server.tls.cert_file},
                                          std::pair{"key_file", &server.tls.key_file}}) {
            if (value->empty()) continue;
            add(table, name,
                "state_manager.tls." + std::string(name) +
                    " has no effect: state_manager.uri is not an https:// address");
        }
    }

    void memory(const std::string& name, const Node& node) {
        const auto isolation = node.isolation.value_or(settings_.plugins.isolation);
        if (!node.memory_bytes || isolation == Isolation::process) return;
        const auto table = "nodes." + toml_key(name);
        add(table, "memory", table + ".memory has no effect without isolation = \"process\"");
    }

    const Document& document_;
    const Settings& settings_;
    bool uri_overridden_;
    Problems& problems_;
};

}  // namespace

std::string Problem::text() const {
    std::string out = file;
    if (line > 0) out += ":" + std::to_string(line) + ":" + std::to_string(column);
    return out + ": " + message;
}

std::string to_text(const Problems& problems) {
    std::string out;
    for (const auto& problem : problems) out += problem.text() + "\n";
    return out;
}

void throw_exception_from_error(const Problems& problems, const boost::source_location& /*where*/) {
    throw std::runtime_error(to_text(problems));
}

LoadResult load(const Source& source, const Environment& environment) {
    Problems problems;
    Settings settings;
    const auto document = Document::parse(source, settings, problems);
    apply_environment(environment, settings, problems);
    if (document) {
        Contradictions(*document, settings, !environment.state_manager_uri.empty(), problems)
            .find();
    }
    if (problems.empty()) return settings;
    std::ranges::stable_sort(problems, [](const Problem& a, const Problem& b) {
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    return problems;
}

LoadResult load_file(const std::string& path, const Environment& environment) {
    constexpr std::size_t largest = 1 << 20;
    auto file = read_file(path, largest);
    if (!file) return Problems{{.file = path, .message = file.error().message}};
    return load(
        {.name = path, .text = std::move(file->text), .others_can_read = file->others_can_read},
        environment);
}

}  // namespace exo::settings
