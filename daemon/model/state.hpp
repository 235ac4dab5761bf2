// What a worker works on: a claimed state, its inputs, its outcome. Plain values, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace exo::model {

// A state's id as the server gave it. Checked before it enters a URL: 1..64 of [0-9A-Za-z_-].
class StateId {
  public:
    StateId() = default;
    static base::Result<StateId> parse(std::string_view text);
    const std::string& str() const { return text_; }
    friend auto operator<=>(const StateId&, const StateId&) = default;

  private:
    explicit StateId(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// One input as it came over the wire. Nodes take strings only; anything else is kept by its JSON
// kind ("null", "number", "object", ...), so that the worker can name it in the error.
struct Input {
    std::string name;
    std::string value;  // UTF-8; meaningful if kind is empty
    std::string kind;   // empty = string
    friend bool operator==(const Input&, const Input&) = default;
};

struct ClaimedState {
    StateId id;
    std::string node_name;
    std::string identifier;
    std::vector<Input> inputs;
    std::string created_at;   // as the server wrote it; for people
    std::uint64_t claim = 0;  // claim number, 0 = the server does not speak the claims extension
};

using Outputs = std::vector<std::pair<std::string, std::string>>;  // name, value; in schema order

struct Executed {
    std::vector<Outputs> outputs;  // empty = no outputs; k > 1 = fan-out of k
};
struct Errored {
    std::string error;  // redacted, bounded
};
struct Pruned {
    std::string data;  // a JSON object
};
struct Requeued {
    std::chrono::milliseconds after{};  // > 0
};
using Outcome = std::variant<Executed, Errored, Pruned, Requeued>;

// "executed", "errored", "prune", "re-enqueue-after": upstream's words, used in logs, metrics and
// paths.
std::string_view kind_of(const Outcome& outcome);

}  // namespace exo::model
