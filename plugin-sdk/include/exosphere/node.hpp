// The Exosphere plugin SDK: write a struct, list it in EXOSPHERE_PLUGIN, and it is a node.
//
//   struct Uppercase : exosphere::Node<Uppercase> {
//       struct Inputs { std::string text; std::string batch_size = "100"; };  // default = optional
//       struct Outputs { std::string text; };
//       Outputs execute(const Inputs& in);
//   };
//   EXOSPHERE_PLUGIN("text", "1.0.0", Uppercase)
//
// Header-only, C++20, no libraries. docs/plugin-guide.md shows every feature.
#pragma once

#include "exosphere/completion.hpp"
#include "exosphere/context.hpp"
#include "exosphere/detail/describe.hpp"
#include "exosphere/host.hpp"
#include "exosphere/signals.hpp"

namespace exosphere {

// A node that works inside execute(), on one of the worker's threads. One instance per execution.
//   Outputs | std::vector<Outputs> | void  execute([const Inputs&][, const Secrets&][, Context&])
// Structs that T does not declare are empty. Optional members of T:
//   static constexpr const char* doc = "...";        what the node does
//   static constexpr const char* node_name = "...";  instead of the name of the class
template <class T>
struct Node : NodeBase {
    static constexpr bool exosphere_shared = false;
    struct Inputs {};
    struct Outputs {};
    struct Secrets {};
};

// The same, with one instance for all executions, entered by many threads at once: execute() must
// be thread-safe. For what is expensive to make: a connection pool, a model.
template <class T>
struct SharedNode : Node<T> {
    static constexpr bool exosphere_shared = true;
};

// A node that starts something and completes later; it holds no thread of the worker meanwhile.
//   void execute([const Inputs&,] [const Secrets&,] exosphere::Completion<Outputs>)
// Inputs and secrets stay valid as long as a copy of the completion lives.
template <class T>
struct AsyncNode : Node<T>, AsyncBase {};

// An asynchronous node with one instance for all executions: the place for an event loop of one's
// own, started by the constructor, stopped and joined by the destructor.
template <class T>
struct SharedAsyncNode : AsyncNode<T> {
    static constexpr bool exosphere_shared = true;
};

}  // namespace exosphere

// Once per plugin, at namespace scope: EXOSPHERE_PLUGIN("name", "version", Nodes..., [Hooks]).
// Defines the only symbol that the plugin exports.
#define EXOSPHERE_PLUGIN(name, version, ...)                                     \
    EXO_EXPORT const exo_plugin* exosphere_plugin_v1(void) {                     \
        return ::exosphere::detail::describe_plugin<__VA_ARGS__>(name, version); \
    }
