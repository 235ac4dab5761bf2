#include "cli/argv.hpp"

#include "base/names.hpp"
#include "settings/file.hpp"
#include "settings/values.hpp"

namespace exo::cli {
namespace {

constexpr std::size_t largest_value = 16U << 20;

std::pair<std::string, std::string> split(const std::string& flags, const std::string& item) {
    const auto equals = item.find('=');
    if (equals == std::string::npos || equals == 0) {
        refuse(flags + " takes KEY=VALUE or KEY=@FILE, not \"" + item.substr(0, equals) + "\"");
    }
    return {item.substr(0, equals), item.substr(equals + 1)};
}

void add_pair(const std::string& flags, KeyValues& target, std::string key, std::string value) {
    // The value may be a secret: it is not repeated.
    if (!base::is_utf8(key) || !base::is_utf8(value)) refuse(flags + " takes UTF-8 text only");
    for (const auto& [known, ignored] : target) {
        if (known == key) refuse(flags + " gives \"" + key + "\" twice");
    }
    target.emplace_back(std::move(key), std::move(value));
}

// One value for each occurrence: `-i a=1 b=2` must not swallow a positional argument.
CLI::Option* one_each(CLI::Option* option) {
    return option->type_name("KEY=VALUE")->allow_extra_args(false)->take_all();
}

}  // namespace

void refuse(const std::string& message) { throw CLI::ValidationError(message); }

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& doc,
                      const std::string& example) {
    auto* command = parent.add_subcommand(name, doc);
    command->footer("Example:\n  " + example);
    return command;
}

CLI::Option* add_key_values(CLI::App* command, const std::string& flags, KeyValues& target,
                            const std::string& doc) {
    const auto take = [flags, &target](const std::vector<std::string>& items) {
        for (const auto& item : items) {
            auto [key, value] = split(flags, item);
            if (value.starts_with('@')) {
                const auto path = value.substr(1);
                auto file = settings::read_file(path, largest_value);
                if (!file) refuse(flags + " " + key + "=@" + path + " " + file.error().message);
                value = std::move(file->text);
            }
            add_pair(flags, target, std::move(key), std::move(value));
        }
    };
    return one_each(command->add_option_function<std::vector<std::string>>(flags, take, doc));
}

CLI::Option* add_key_variables(CLI::App* command, const std::string& flags, KeyValues& target,
                               const Lookup& lookup, const std::string& doc) {
    const auto take = [flags, &target, &lookup](const std::vector<std::string>& items) {
        for (const auto& item : items) {
            auto [key, variable] = split(flags, item);
            auto value = lookup(variable);
            if (!value) refuse(flags + " " + key + ": the variable " + variable + " is not set");
            add_pair(flags, target, std::move(key), std::move(*value));
        }
    };
    return one_each(command->add_option_function<std::vector<std::string>>(flags, take, doc))
        ->type_name("KEY=VARIABLE");
}

CLI::Option* add_name(CLI::App* command, const std::string& flags, const std::string& what,
                      std::string& target, const std::string& doc) {
    const auto take = [what, &target](const std::string& name) {
        if (auto checked = base::check_name(what, name); !checked) refuse(checked.error().message);
        target = name;
    };
    return command->add_option_function<std::string>(flags, take, doc)->type_name("NAME");
}

CLI::Option* add_listen(CLI::App* command, std::string& target) {
    const auto take = [&target](const std::string& address) {
        if (auto checked = settings::check_listen(address); !checked) {
            refuse("--listen " + checked.error().message);
        }
        target = address;
    };
    return command
        ->add_option_function<std::string>(
            "--listen", take, "Where to listen (default " + target + "; port 0: any free one)")
        ->type_name("ADDRESS:PORT");
}

CLI::Option* add_api_key(CLI::App* command, std::string& target) {
    const auto take = [&target](const std::string& key) {
        if (key.empty()) refuse("--api-key must not be empty");
        if (auto checked = settings::check_key_text(key); !checked) {
            refuse("--api-key " + checked.error().message);
        }
        target = key;
    };
    return command
        ->add_option_function<std::string>(
            "--api-key", take, "The API key; other users can see it in the list of processes")
        ->type_name("KEY");
}

void add_client_options(CLI::App* command, ClientOptions& target) {
    const auto take_uri = [&target](const std::string& uri) {
        if (auto checked = settings::check_uri(uri); !checked || uri == "embedded") {
            refuse("--uri " + (checked ? std::string("must begin with http:// or https://")
                                       : checked.error().message));
        }
        target.uri = uri;
    };
    command
        ->add_option_function<std::string>(
            "--uri", take_uri,
            "The state manager (default: $EXOSPHERE_STATE_MANAGER_URI, --config, "
            "http://127.0.0.1:8000)")
        ->type_name("URI");
    auto* key = add_api_key(command, target.api_key);
    command
        ->add_option("--api-key-file", target.api_key_file,
                     "A file with the API key (default: --config, $EXOSPHERE_API_KEY)")
        ->type_name("FILE")
        ->excludes(key);
    add_name(command, "--namespace", "namespace", target.namespace_name,
             "The namespace (default: --config, \"default\")");
    command->add_option("--config", target.config_file, "A configuration to take all that from")
        ->type_name("FILE");
    command->add_flag("--json", target.json, "One JSON document on standard output");
}

}  // namespace exo::cli
