#include "cli/argv.hpp"
#include "remote/graph_file.hpp"

namespace exo::cli {
namespace {

void add_graph(CLI::App& app, Chosen& chosen) {
    auto* graph =
        add_command(app, "graph", "Graph templates on the state manager", "exosphered graph list");
    graph->require_subcommand(1);

    auto apply = std::make_shared<GraphApplyOptions>();
    auto* command =
        add_command(*graph, "apply", "Create or replace a graph and wait for its verdict",
                    "exosphered graph apply word-count.json --secret token=@token.txt");
    command->add_option("FILE", apply->file, "The template, as JSON")->required();
    add_name(command, "--name", "graph", apply->name, "The graph's name (default: the file's)");
    add_key_values(command, "--secret", apply->secrets, "A secret of the graph");
    add_client_options(command, apply->client);
    command->callback([&chosen, apply] {
        if (apply->name.empty()) apply->name = remote::graph_name_of(apply->file);
        chosen.command = *apply;
    });

    auto show = std::make_shared<GraphShowOptions>();
    command = add_command(*graph, "show", "Show one graph", "exosphered graph show word-count");
    add_name(command, "NAME", "graph", show->name, "The graph")->required();
    add_client_options(command, show->client);
    choose(command, chosen, show);

    auto list = std::make_shared<GraphListOptions>();
    command = add_command(*graph, "list", "List the graphs of a namespace",
                          "exosphered graph list --namespace MyProject");
    add_client_options(command, list->client);
    choose(command, chosen, list);
}

void add_trigger(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<TriggerOptions>();
    auto* trigger = add_command(app, "trigger", "Run a graph once",
                                "exosphered trigger word-count --store path=/etc/services --watch");
    add_name(trigger, "GRAPH", "graph", options->graph, "The graph")->required();
    add_key_values(trigger, "-i,--input", options->inputs,
                   "An input of the root node; KEY=@FILE reads a file");
    add_key_values(trigger, "--store", options->store, "A value of the run's store");
    trigger->add_flag("--watch", options->watch,
                      "Follow the run to its end; exit 0 if SUCCESS, 1 if not");
    add_client_options(trigger, options->client);
    choose(trigger, chosen, options);
}

void add_runs(CLI::App& app, Chosen& chosen) {
    auto* runs = add_command(app, "runs", "Runs of graphs", "exosphered runs list");
    runs->require_subcommand(1);

    auto list = std::make_shared<RunsListOptions>();
    auto* command = add_command(*runs, "list", "List the newest runs",
                                "exosphered runs list --page 2 --size 50");
    command->add_option("--page", list->page, "From 1")->check(CLI::Range(1, 1'000'000'000));
    command->add_option("--size", list->size, "Runs on a page (default 20)")
        ->check(CLI::Range(1, 1'000));
    add_client_options(command, list->client);
    choose(command, chosen, list);

    auto show = std::make_shared<RunsShowOptions>();
    command = add_command(*runs, "show", "Show one run: where its states are and what went wrong",
                          "exosphered runs show 0b6c1d6e-6f0e-4c7c-9d5e-3f1a2b4c5d6e --outputs");
    add_name(command, "RUN", "run", show->run_id, "The run's id")->required();
    command->add_flag("--outputs", show->outputs, "Also the outputs of the states where it ended");
    add_client_options(command, show->client);
    choose(command, chosen, show);

    auto watch = std::make_shared<RunsWatchOptions>();
    command = add_command(*runs, "watch", "Follow a run to its end; exit 0 if SUCCESS, 1 if not",
                          "exosphered runs watch 0b6c1d6e-6f0e-4c7c-9d5e-3f1a2b4c5d6e");
    add_name(command, "RUN", "run", watch->run_id, "The run's id")->required();
    add_client_options(command, watch->client);
    choose(command, chosen, watch);
}

}  // namespace

void add_client_commands(CLI::App& app, Chosen& chosen) {
    add_graph(app, chosen);
    add_trigger(app, chosen);
    add_runs(app, chosen);
}

}  // namespace exo::cli
