// `exosphered state-manager`: the embedded state manager alone, for several daemons.
#include <iostream>

#include "app/embedded_service.hpp"
#include "app/options.hpp"
#include "app/plain_log.hpp"
#include "app/signals.hpp"
#include "base/exit_code.hpp"
#include "systemd/notify.hpp"

namespace exo::app {

int state_manager(const StateManagerOptions& options, const settings::Environment& environment) {
    settings::Embedded settings;
    settings.listen = options.listen;
    settings.data_dir = options.data_dir;
    settings::StateManager key;
    key.api_key = options.api_key;
    key.api_key_file = options.api_key_file;
    const auto fail = [](base::ExitCode code, const std::string& message) {
        std::cerr << "exosphered state-manager: " << message << '\n';
        return base::to_int(code);
    };
    const auto log = plain_log(environment.log_level);
    if (!log) return fail(base::ExitCode::usage, log.error().message);
    auto server_options = embedded_options(settings, key, environment);
    if (!server_options) return fail(base::ExitCode::refused, server_options.error().message);
    server_options->strict_upstream = options.strict_upstream;
    auto service = EmbeddedService::start(std::move(*server_options), *log);
    if (!service) return fail(base::ExitCode::failed, service.error().message);
    // The key itself is printed by `dev` only, which is for one's own terminal; this one's output
    // goes to a journal.
    log->info("state manager listens", {{"uri", (*service)->uri()}});
    systemd::ready("listening on " + (*service)->uri());

    wait_for_stop();
    systemd::stopping("closing");
    return base::to_int(base::ExitCode::done);
}

}  // namespace exo::app
