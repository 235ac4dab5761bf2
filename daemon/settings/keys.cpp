#include "settings/keys.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "base/names.hpp"
#include "settings/values.hpp"

namespace exo::settings {
namespace {

constexpr std::int64_t ms = 1, second = 1'000, hour = 3'600'000, day = 24 * hour;
constexpr std::int64_t mebibyte = 1 << 20, tebibyte = mebibyte * mebibyte;

unsigned as_unsigned(const Value& v) { return static_cast<unsigned>(v.number); }  // range checked
Millis as_millis(const Value& v) { return Millis(v.number); }
Isolation as_isolation(const Value& v) {
    return v.text == "process" ? Isolation::process : Isolation::none;
}
Durability as_durability(const Value& v) {
    return v.text == "power" ? Durability::power : Durability::process;
}

base::LogLevel as_level(const Value& v) {
    return base::log_level_of(v.text).value_or(base::LogLevel::info);  // one of the choices
}

base::LogFormat as_format(const Value& v) {
    if (v.text == "json") return base::LogFormat::json;
    if (v.text == "journald") return base::LogFormat::journald;
    return base::LogFormat::text;
}

std::vector<std::string> lower_case(std::vector<std::string> texts) {
    for (auto& text : texts) {
        for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return texts;
}

// check_name speaks in full sentences ("namespace name \"a/b\" contains '/'"); the loader begins
// with the key, so a colon joins the two.
template <const char* What>
base::Result<> name_check(std::string_view text) {
    if (auto checked = base::check_name(What, text); !checked) {
        return base::fail(": " + checked.error().message);
    }
    return {};
}
constexpr char namespace_word[] = "namespace";
constexpr char runtime_word[] = "runtime";

std::vector<Key> runtime_keys() {
    return {
        {.table = "runtime",
         .name = "namespace",
         .kind = Kind::text,
         .fallback = "",
         .example = "\"MyProject\"",
         .otherwise = "required",
         .doc = "The namespace in which nodes are registered and states are claimed.",
         .set = [](Target t, const Value& v) { t.settings.runtime.namespace_name = v.text; },
         .check = name_check<namespace_word>,
         .empty_is_unset = false},
        {.table = "runtime",
         .name = "name",
         .kind = Kind::text,
         .fallback = "",
         .example = "\"my-runtime\"",
         .otherwise = "the host name",
         .doc = "The runtime's name, shown beside its nodes on the state manager.",
         .set = [](Target t, const Value& v) { t.settings.runtime.name = v.text; },
         .check = name_check<runtime_word>},
        {.table = "runtime",
         .name = "workers",
         .kind = Kind::integer,
         .fallback = "",
         .example = "4",
         .otherwise = "the number of cores",
         .doc = "Threads that run nodes.",
         .set = [](Target t, const Value& v) { t.settings.runtime.workers = as_unsigned(v); },
         .min = 1,
         .max = 1'024},
        {.table = "runtime",
         .name = "batch_size",
         .kind = Kind::integer,
         .fallback = "256",
         .doc = "Most states claimed at once, and in flight before their outcome is journaled.",
         .set = [](Target t, const Value& v) { t.settings.runtime.batch_size = as_unsigned(v); },
         .min = 1,
         .max = 65'536},
        {.table = "runtime",
         .name = "max_async",
         .kind = Kind::integer,
         .fallback = "10000",
         .doc = "Most asynchronous node calls waiting at once.",
         .set = [](Target t, const Value& v) { t.settings.runtime.max_async = as_unsigned(v); },
         .min = 1,
         .max = 10'000'000},
        {.table = "runtime",
         .name = "poll_interval",
         .kind = Kind::duration,
         .fallback = "\"1s\"",
         .doc = "Longest pause between polls while there is no work.",
         .set = [](Target t, const Value& v) { t.settings.runtime.poll_interval = as_millis(v); },
         .min = 10 * ms,
         .max = hour,
         .empty_is_unset = false},
        {.table = "runtime",
         .name = "drain_timeout",
         .kind = Kind::duration,
         .fallback = "\"30s\"",
         .doc = "How long running nodes may go on after SIGTERM before they are cancelled.",
         .set = [](Target t, const Value& v) { t.settings.runtime.drain_timeout = as_millis(v); },
         .max = day,
         .empty_is_unset = false},
        {.table = "runtime",
         .name = "on_stop",
         .kind = Kind::choice,
         .fallback = "\"hand-back\"",
         .doc = "What becomes of claimed states that never started: given back to the state "
                "manager, or kept in the journal for the restart that follows. No effect yet.",
         .set =
             [](Target t, const Value& v) {
                 t.settings.runtime.on_stop = v.text == "keep" ? OnStop::keep : OnStop::hand_back;
             },
         .choices = {"hand-back", "keep"}},
    };
}

std::vector<Key> state_manager_keys() {
    return {
        {.table = "state_manager",
         .name = "uri",
         .kind = Kind::text,
         .fallback = "\"http://127.0.0.1:8000\"",
         .doc =
             "Where the state manager is: http or https, or \"embedded\" for the one inside this "
             "process. EXOSPHERE_STATE_MANAGER_URI overrides it.",
         .set = [](Target t, const Value& v) { t.settings.state_manager.uri = v.text; },
         .check = check_uri,
         .empty_is_unset = false},
        {.table = "state_manager",
         .name = "api_key_file",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "EXOSPHERE_API_KEY, else the systemd credential \"api-key\"",
         .doc = "A file that holds the API key; read again after a 401.",
         .set = [](Target t, const Value& v) { t.settings.state_manager.api_key_file = v.text; }},
        {.table = "state_manager",
         .name = "api_key",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "see api_key_file",
         .doc = "The API key itself; accepted only if others cannot read this file.",
         .set = [](Target t, const Value& v) { t.settings.state_manager.api_key = v.text; },
         .check = check_key_text},
        {.table = "state_manager",
         .name = "connections",
         .kind = Kind::integer,
         .fallback = "64",
         .doc = "Most connections to the state manager, opened as needed.",
         .set = [](Target t,
                   const Value& v) { t.settings.state_manager.connections = as_unsigned(v); },
         .min = 1,
         .max = 4'096},
        {.table = "state_manager",
         .name = "request_timeout",
         .kind = Kind::duration,
         .fallback = "\"30s\"",
         .doc = "Time for a request and its answer. Not for claims, which are never given up "
                "lightly.",
         .set = [](Target t,
                   const Value& v) { t.settings.state_manager.request_timeout = as_millis(v); },
         .min = 100 * ms,
         .max = hour,
         .empty_is_unset = false},
        {.table = "state_manager.tls",
         .name = "ca_file",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "the system's roots",
         .doc = "Certificates (PEM) of the authorities to trust, instead of the system's.",
         .set = [](Target t, const Value& v) { t.settings.state_manager.tls.ca_file = v.text; }},
        {.table = "state_manager.tls",
         .name = "cert_file",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "no client certificate",
         .doc = "A client certificate (PEM) to show to the state manager; needs key_file.",
         .set = [](Target t, const Value& v) { t.settings.state_manager.tls.cert_file = v.text; }},
        {.table = "state_manager.tls",
         .name = "key_file",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "no client certificate",
         .doc = "The private key (PEM) of cert_file.",
         .set = [](Target t, const Value& v) { t.settings.state_manager.tls.key_file = v.text; }},
    };
}

std::vector<Key> plugin_keys() {
    return {
        {.table = "plugins",
         .name = "directory",
         .kind = Kind::text,
         .fallback = "\"/usr/lib/exosphere/plugins\"",
         .doc = "The directory whose *.so files are loaded, in the order of their names.",
         .set = [](Target t, const Value& v) { t.settings.plugins.directory = v.text; },
         .empty_is_unset = false},
        {.table = "plugins",
         .name = "watch",
         .kind = Kind::boolean,
         .fallback = "true",
         .doc = "New, replaced and removed .so files take effect without a restart. No effect yet.",
         .set = [](Target t, const Value& v) { t.settings.plugins.watch = v.flag; }},
        {.table = "plugins",
         .name = "isolation",
         .kind = Kind::choice,
         .fallback = "\"none\"",
         .doc =
             "Where nodes run: in this process, or in supervised child processes. No effect yet.",
         .set = [](Target t, const Value& v) { t.settings.plugins.isolation = as_isolation(v); },
         .choices = {"none", "process"}},
        {.table = "plugins",
         .name = "sha256",
         .kind = Kind::texts,
         .fallback = "[]",
         .otherwise = "every file may load",
         .doc = "If not empty, only files with one of these SHA-256 sums may load.",
         .set = [](Target t, const Value& v) { t.settings.plugins.sha256 = lower_case(v.texts); },
         .check = check_sha256},
        {.table = "plugins",
         .name = "cache_directory",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "$CACHE_DIRECTORY, else the user's cache",
         .doc = "Where private copies of the loaded files are kept.",
         .set = [](Target t, const Value& v) { t.settings.plugins.cache_directory = v.text; }},
        {.table = "plugins",
         .name = "allow_breaking_schemas",
         .kind = Kind::boolean,
         .fallback = "false",
         .doc = "Accept a new version of a plugin even if it would make graphs on the server "
                "invalid. No effect yet.",
         .set = [](Target t,
                   const Value& v) { t.settings.plugins.allow_breaking_schemas = v.flag; }},
    };
}

std::vector<Key> node_keys() {
    return {
        {.table = "nodes.NAME",
         .name = "enabled",
         .kind = Kind::boolean,
         .fallback = "true",
         .doc = "false: the node is neither registered nor claimed for.",
         .set = [](Target t, const Value& v) { t.node->enabled = v.flag; }},
        {.table = "nodes.NAME",
         .name = "max_concurrency",
         .kind = Kind::integer,
         .fallback = "",
         .example = "2",
         .otherwise = "no limit of its own",
         .doc = "Most states of this node in flight at once.",
         .set = [](Target t, const Value& v) { t.node->max_concurrency = as_unsigned(v); },
         .min = 1,
         .max = 1'000'000},
        {.table = "nodes.NAME",
         .name = "timeout",
         .kind = Kind::duration,
         .fallback = "",
         .example = "\"30s\"",
         .otherwise = "no limit",
         .doc = "How long one call may take before it is cancelled and errored.",
         .set = [](Target t, const Value& v) { t.node->timeout = as_millis(v); },
         .min = 10 * ms,
         .max = 30 * day,
         .empty_is_unset = false},
        {.table = "nodes.NAME",
         .name = "isolation",
         .kind = Kind::choice,
         .fallback = "",
         .example = "\"process\"",
         .otherwise = "plugins.isolation",
         .doc = "As plugins.isolation, for this node's plugin alone. No effect yet.",
         .set = [](Target t, const Value& v) { t.node->isolation = as_isolation(v); },
         .choices = {"none", "process"}},
        {.table = "nodes.NAME",
         .name = "memory",
         .kind = Kind::size,
         .fallback = "",
         .example = "\"512MiB\"",
         .otherwise = "no limit",
         .doc = "Memory of the child process; needs isolation = \"process\". No effect yet.",
         .set = [](Target t,
                   const Value& v) { t.node->memory_bytes = static_cast<std::uint64_t>(v.number); },
         .min = 16 * mebibyte,
         .max = tebibyte},
    };
}

std::vector<Key> other_keys() {
    return {
        {.table = "journal",
         .name = "path",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "$STATE_DIRECTORY/journal.db, else in the user's state directory",
         .doc = "The file in which claims and outcomes are kept until they are reported. No effect "
                "yet.",
         .set = [](Target t, const Value& v) { t.settings.journal.path = v.text; }},
        {.table = "journal",
         .name = "durability",
         .kind = Kind::choice,
         .fallback = "\"process\"",
         .doc = "What the journal survives: a crash of the daemon, or of the machine too. No "
                "effect yet.",
         .set = [](Target t, const Value& v) { t.settings.journal.durability = as_durability(v); },
         .choices = {"process", "power"}},
        {.table = "journal",
         .name = "max_interruptions",
         .kind = Kind::integer,
         .fallback = "3",
         .doc = "A state whose execution brought the daemon down this often is errored. No effect "
                "yet.",
         .set = [](Target t,
                   const Value& v) { t.settings.journal.max_interruptions = as_unsigned(v); },
         .min = 1,
         .max = 1'000},
        {.table = "admin",
         .name = "listen",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "a unix socket in $RUNTIME_DIRECTORY",
         .doc = "Where health, readiness, metrics and status are served; \"off\" for nowhere. No "
                "effect yet.",
         .set = [](Target t, const Value& v) { t.settings.admin.listen = v.text; },
         .check = check_admin_listen},
        {.table = "log",
         .name = "level",
         .kind = Kind::choice,
         .fallback = "\"info\"",
         .doc = "The least important messages that are written. EXOSPHERE_LOG_LEVEL overrides it.",
         .set = [](Target t, const Value& v) { t.settings.log.level = as_level(v); },
         .choices = {"trace", "debug", "info", "warn", "error"}},
        {.table = "log",
         .name = "format",
         .kind = Kind::choice,
         .fallback = "\"text\"",
         .doc = "How messages are written to standard error.",
         .set = [](Target t, const Value& v) { t.settings.log.format = as_format(v); },
         .choices = {"text", "json", "journald"}},
        {.table = "embedded",
         .name = "listen",
         .kind = Kind::text,
         .fallback = "\"127.0.0.1:8000\"",
         .doc = "Where the embedded state manager listens.",
         .set = [](Target t, const Value& v) { t.settings.embedded.listen = v.text; },
         .check = check_listen,
         .empty_is_unset = false},
        {.table = "embedded",
         .name = "data_dir",
         .kind = Kind::text,
         .fallback = "\"\"",
         .otherwise = "$STATE_DIRECTORY/state-manager, else in the user's state directory",
         .doc = "Its database, and the API key that is made there (0600) if none is given.",
         .set = [](Target t, const Value& v) { t.settings.embedded.data_dir = v.text; }},
        {.table = "embedded",
         .name = "durability",
         .kind = Kind::choice,
         .fallback = "\"power\"",
         .doc = "What its database survives: a crash of the daemon, or of the machine too.",
         .set = [](Target t, const Value& v) { t.settings.embedded.durability = as_durability(v); },
         .choices = {"process", "power"}},
        {.table = "embedded",
         .name = "retention",
         .kind = Kind::duration,
         .fallback = "\"\"",
         .otherwise = "runs are kept for ever",
         .doc = "Finished runs older than this are deleted, e.g. \"30d\". No effect yet.",
         .set = [](Target t, const Value& v) { t.settings.embedded.retention = as_millis(v); },
         .min = 60 * second,
         .max = 36'500 * day},
    };
}

std::vector<Key> all_keys() {
    std::vector<Key> all;
    for (auto&& part :
         {runtime_keys(), state_manager_keys(), plugin_keys(), node_keys(), other_keys()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace

const std::vector<Table>& tables() {
    static const std::vector<Table> list = {
        {"runtime", "What this daemon is and how much it takes on."},
        {"state_manager", "The server that hands out states."},
        {"state_manager.tls", "Only for an https:// uri."},
        {"plugins", "The shared objects that bring the nodes."},
        {"plugins.NAME",
         "Handed to the plugin of that name as text; strings, numbers, booleans and dates."},
        {"nodes.NAME", "Optional, one table per node."},
        {"journal", "What survives a restart."},
        {"admin", "The endpoint for health checks, metrics and operators."},
        {"log", "Messages on standard error."},
        {"embedded", "The embedded state manager, used when uri = \"embedded\"."},
    };
    return list;
}

const std::vector<Key>& keys() {
    static const std::vector<Key> list = all_keys();
    return list;
}

const Key* find_key(std::string_view table, std::string_view name) {
    const auto found = std::ranges::find_if(
        keys(), [&](const Key& key) { return key.table == table && key.name == name; });
    return found == keys().end() ? nullptr : &*found;
}

}  // namespace exo::settings
