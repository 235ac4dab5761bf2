// What happens to states: triggered, claimed, executed, errored, pruned, put back, retried. Each
// call is one unit of work in the caller's transaction: it either refuses and changes nothing, or
// leaves every follower, uniting node and count as it should be. Lives on the io thread.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "embedded/graph_cache.hpp"
#include "embedded/next_states.hpp"
#include "embedded/retry_policy.hpp"
#include "embedded/store.hpp"
#include "embedded/wire_values.hpp"

namespace exo::embedded {

// A request that is answered with an error; `detail` goes over the wire.
struct Refusal {
    Refusal() = default;
    Refusal(int http_status, std::string text) : status(http_status), detail(std::move(text)) {}
    int status = 500;
    std::string detail;
};
template <class T>
using Answer = boost::system::result<T, Refusal>;

struct StateOutputs {
    std::string json;
    OutputFields fields;
};

struct TriggerRequest {
    TextPairs store, inputs;
    std::int64_t start_delay_ms = 0;
};

struct ClaimedRow {
    std::string id, node_name, identifier, inputs_json;
    std::int64_t created_at = 0;
};

struct TransitionOptions {
    std::function<std::int64_t()> now_ms;
    RandomSource random;
    // A state of this namespace and node can be claimed, now or later.
    std::function<void(const std::string& namespace_name, const std::string& node_name)> came = {};
    bool strict_upstream = false;  // re-enqueue from any status, no ownership check
    std::size_t most_claimed = 1'000;
    std::size_t most_claimed_bytes =
        8 * 1024 * 1024;  // inputs of one answer; one state always fits
};

class Transitions {
  public:
    Transitions(Store& store, GraphCache& graphs, TransitionOptions options);

    // Gives the run's id.
    Answer<std::string> trigger(const std::string& namespace_name, const std::string& graph_name,
                                const TriggerRequest& request);
    // Oldest enqueue_after first, over all the nodes.
    std::vector<ClaimedRow> claim(const std::string& namespace_name,
                                  const std::vector<std::string>& nodes, std::int64_t batch_size);

    // `id` is as it came in the path.
    Answer<void> executed(const std::string& namespace_name, std::string_view id,
                          std::vector<StateOutputs> outputs);
    Answer<bool> errored(const std::string& namespace_name, std::string_view id,
                         const std::string& error);  // true: a retry was made
    Answer<std::int64_t> prune(const std::string& namespace_name, std::string_view id,
                               const std::string& data_json);  // its enqueue_after
    Answer<std::int64_t> requeue(const std::string& namespace_name, std::string_view id,
                                 std::int64_t after_ms);  // when it is due, Unix ms
    Answer<std::string> manual_retry(const std::string& namespace_name, std::string_view id,
                                     const std::string& fanout_id);  // the new state's id, in hex
    // How many states of a node are due (at most `limit`), and when more will be (Unix ms).
    std::pair<std::size_t, std::optional<std::int64_t>> due_work(const std::string& namespace_name,
                                                                 const std::string& node_name,
                                                                 std::size_t limit);
    // The state, if it exists and belongs to the namespace.
    Answer<StateRow> find(const std::string& namespace_name, std::string_view id);

  private:
    Answer<StateRow> find_for_report(const std::string& namespace_name, std::string_view id);
    // What one unit of work has done to the counts of the run and of the ancestors.
    struct Tally {
        Seq run = 0;
        StatusCounts run_counts;
        DescendantCounts below;  // of every ancestor of the state at hand
        void leaves(StateStatus status);
        void enters(StateStatus status, std::int64_t count = 1);
    };
    struct Sibling {
        Seq seq;
        std::string id;
        const StateOutputs* outputs;
    };
    class OutputReader;

    void announce(const std::string& namespace_name, const std::string& node_name) const;
    void apply(const Tally& tally, const std::vector<Ancestor>& ancestors);
    std::vector<Sibling> fan_out(const StateRow& state, const std::vector<StateOutputs>& outputs,
                                 std::int64_t now);
    base::Result<std::int64_t> follow(const StateRow& state, const std::vector<Sibling>& siblings,
                                      const std::vector<Ancestor>& ancestors);
    base::Result<Follower> follower(const NodeTemplate& node);
    Seq insert_follower(const StateRow& before, Seq parent, const NodeTemplate& node,
                        const TextPairs& inputs, std::optional<std::string> fingerprint);
    // Creates the uniting nodes that the end of `state` has made due.
    base::Result<> unite(const StateRow& state, std::vector<Ancestor>& ancestors);
    base::Result<> unite_one(const StateRow& state, const std::vector<Ancestor>& ancestors,
                             std::size_t united, const NodeTemplate& node);
    void end_with_error(const StateRow& state, const std::vector<Seq>& siblings,
                        const std::vector<Ancestor>& ancestors, const std::string& error);
    StateRow copy_for_retry(const StateRow& state, const std::vector<Ancestor>& ancestors);
    TextPairs parents_of(const std::vector<Ancestor>& ancestors) const;
    std::string fingerprint_of(const StateRow& state, const TextPairs& parents) const;
    base::Result<std::string> store_value(const StateRow& state, const std::string& key);

    Store& store_;
    GraphCache& graphs_;
    TransitionOptions options_;
    ObjectIds ids_;
};

}  // namespace exo::embedded
