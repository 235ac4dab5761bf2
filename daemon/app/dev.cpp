// `exosphered dev`: embedded state manager and worker in one process, and, if asked, one graph from
// file to end.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/daemon.hpp"
#include "app/embedded_service.hpp"
#include "app/options.hpp"
#include "app/plain_log.hpp"
#include "app/signals.hpp"
#include "app/version.hpp"
#include "base/terminal.hpp"
#include "remote/apply_graph.hpp"
#include "remote/graph_file.hpp"
#include "remote/run_json.hpp"
#include "remote/run_printer.hpp"
#include "remote/run_watcher.hpp"
#include "settings/resolve.hpp"

namespace exo::app {
namespace {

namespace asio = boost::asio;

int fail(base::ExitCode code, const std::string& message) {
    std::cerr << "exosphered dev: " << message << '\n';
    return base::to_int(code);
}

// Puts the graph, triggers it and follows the run, as far as the options ask for it.
class GraphErrand {
  public:
    GraphErrand(const DevOptions& options, std::string body, base::Terminal terminal)
        : options_(options), body_(std::move(body)), terminal_(terminal) {}

    // None: done what was asked for, go on serving.
    asio::awaitable<std::optional<base::ExitCode>> run(
        base::Result<std::unique_ptr<remote::OperatorClient>> made) {
        if (!made) co_return give_up(made.error().message);
        const auto client = std::move(*made);
        const auto name = options_.graph_name.empty() ? remote::graph_name_of(options_.graph_file)
                                                      : options_.graph_name;
        const auto graph =
            co_await remote::apply_graph(*client, name, body_, std::chrono::seconds(60));
        if (!graph) co_return give_up(graph.error().message);
        if (graph->validation_status != "VALID") {
            std::string why = "graph " + name + " is " + graph->validation_status;
            for (const auto& error : graph->validation_errors) why += "\n  " + error;
            co_return give_up(why);
        }
        progress() << "graph " << name << " is VALID: " << graph->nodes.size() << " nodes"
                   << std::endl;
        if (!options_.trigger) co_return std::nullopt;

        const auto run = co_await client->trigger(name, options_.inputs, options_.store);
        if (!run) co_return give_up(run.error().message);
        progress() << "run " << *run << std::endl;
        if (!options_.wait) co_return std::nullopt;
        co_return co_await follow(*client, *run);
    }

  private:
    asio::awaitable<std::optional<base::ExitCode>> follow(remote::OperatorClient& client,
                                                          std::string run_id) {
        remote::RunPrinter printer(std::cout, terminal_);
        remote::WatchOptions watch;
        if (!options_.json) {
            watch.on_view = [&](const remote::RunView& view) { printer.show(view); };
            watch.on_trouble = [&](const std::string& line) {
                printer.note(line + "; trying again");
            };
        }
        const auto ended = co_await remote::watch_run(client, run_id, std::move(watch));
        if (!ended) co_return give_up(ended.error().message);
        const auto outputs = co_await remote::run_outputs(client, run_id, *ended, 3);
        if (!outputs) co_return give_up(outputs.error().message);
        const auto view = remote::view_of(run_id, *ended);
        if (options_.json) {
            std::cout << remote::run_json(view, &*outputs) << std::flush;
        } else {
            std::cout << "\noutputs\n" << remote::render(*outputs, terminal_.colour) << std::flush;
        }
        co_return view.status == remote::RunStatus::success ? base::ExitCode::done
                                                            : base::ExitCode::failed;
    }

    base::ExitCode give_up(const std::string& why) const {
        std::cerr << "exosphered dev: " << why << std::endl;
        return base::ExitCode::failed;
    }

    // Progress goes to stdout, unless that is to be one JSON document.
    std::ostream& progress() const { return options_.json ? std::cerr : std::cout; }

    const DevOptions& options_;
    std::string body_;
    base::Terminal terminal_;
};

base::Result<settings::Settings> dev_settings(const DevOptions& options,
                                              const settings::Environment& environment) {
    settings::Settings settings;
    settings.runtime.namespace_name = options.namespace_name;
    settings.runtime.poll_interval = settings::Millis(200);
    settings.runtime.drain_timeout = settings::Millis(10'000);
    if (!options.plugin_dir.empty()) settings.plugins.directory = options.plugin_dir;
    settings.embedded.listen = options.listen;
    settings.embedded.data_dir = options.data_dir;
    settings.state_manager.api_key = options.api_key;
    auto cache = settings::cache_directory(settings.plugins, environment);
    if (!cache) return cache.error();
    settings.plugins.cache_directory = *cache;
    return settings;
}

base::Result<std::string> read_graph(const DevOptions& options) {
    std::ifstream in(options.graph_file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.good() && !in.eof()) return base::fail("cannot read " + options.graph_file);
    return remote::graph_body(options.graph_file, text, options.secrets, options.namespace_name);
}

base::Result<std::unique_ptr<remote::OperatorClient>> make_client(
    asio::any_io_executor executor, const EmbeddedService& embedded,
    const std::string& namespace_name) {
    net::ClientOptions http;
    http.uri = *net::parse_base_uri(embedded.uri());
    http.user_agent = "exosphered/" + std::string(version);
    http.connections = 4;
    auto client = net::HttpClient::create(executor, std::move(http));
    if (!client) return client.error();
    return std::make_unique<remote::OperatorClient>(
        std::move(*client),
        remote::OperatorOptions{.uri = embedded.uri(),
                                .namespace_name = namespace_name,
                                .api_key = embedded.api_key(),
                                .api_key_origin = "the embedded state manager"});
}

}  // namespace

int dev(const DevOptions& options, const settings::Environment& environment) {
    auto settings = dev_settings(options, environment);
    if (!settings) return fail(base::ExitCode::refused, settings.error().message);
    base::Result<std::string> body = std::string();
    if (!options.graph_file.empty()) body = read_graph(options);
    if (!body) return fail(base::ExitCode::usage, body.error().message);

    const auto log = plain_log(environment.log_level);
    if (!log) return fail(base::ExitCode::usage, log.error().message);
    auto server_options =
        embedded_options(settings->embedded, settings->state_manager, environment);
    if (!server_options) return fail(base::ExitCode::refused, server_options.error().message);
    auto embedded = EmbeddedService::start(std::move(*server_options), *log);
    if (!embedded) return fail(base::ExitCode::failed, embedded.error().message);

    auto& hints = options.json ? std::cerr : std::cout;
    hints << "export EXOSPHERE_STATE_MANAGER_URI=" << (*embedded)->uri() << '\n'
          << "export EXOSPHERE_API_KEY=" << (*embedded)->api_key() << std::endl;

    // Without plugins it is still a state manager for Python runtimes, unless plugins were asked
    // for.
    if (options.plugin_dir.empty() && !std::filesystem::exists(settings->plugins.directory)) {
        if (!options.graph_file.empty()) {
            return fail(base::ExitCode::refused,
                        "no plugins to run the graph with, give --plugin-dir DIR");
        }
        log->info("no plugins, only the state manager serves",
                  {{"looked_in", settings->plugins.directory}, {"uri", (*embedded)->uri()}});
        wait_for_stop();
        return base::to_int(base::ExitCode::done);
    }

    Endpoint endpoint{*net::parse_base_uri((*embedded)->uri()),
                      [key = (*embedded)->api_key()] { return key; }};
    Errand errand;
    GraphErrand graph(
        options, std::move(*body),
        base::inspect_terminal(STDOUT_FILENO, environment.no_color, environment.term));
    if (!options.graph_file.empty()) {
        errand = [&](asio::any_io_executor executor) {
            return graph.run(make_client(executor, **embedded, options.namespace_name));
        };
    }
    return base::to_int(run_worker(*settings, std::move(endpoint), *log, std::move(errand)));
}

}  // namespace exo::app
