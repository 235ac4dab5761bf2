// Tables that describe nodes and plugins to the worker: built once, at the first question, and
// immutable from then on. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "exosphere/abi.h"
#include "exosphere/detail/trampoline.hpp"
#include "exosphere/host.hpp"
#include "exosphere/version.hpp"

namespace exosphere::detail {

// T::node_name if there is one, else the name of the class.
template <class T>
consteval std::string_view node_name() {
    if constexpr (requires { T::node_name; }) {
        return T::node_name;
    } else {
        static_assert(type_name<T>.find_first_of("<>(){}") == std::string_view::npos,
                      "exosphere: a node that is a template needs a name of its own: static "
                      "constexpr const char* node_name = \"...\";");
        return type_name<T>;
    }
}

template <class T>
consteval std::string_view node_doc() {
    if constexpr (requires { T::doc; }) {
        return T::doc;
    } else {
        return {};
    }
}

template <class T>
class NodeTable {
  public:
    NodeTable()
        : node_{sizeof(exo_node),        is_shared_node<T>() ? uint32_t{EXO_NODE_SHARED} : 0U,
                to_str(node_name<T>()),  to_str(node_doc<T>()),
                inputs_.pointers(),      inputs_.count,
                outputs_.pointers(),     outputs_.count,
                secrets_.pointers(),     secrets_.count,
                &Trampolines<T>::create, &Trampolines<T>::execute,
                &Trampolines<T>::cancel, &Trampolines<T>::destroy} {}
    NodeTable(const NodeTable&) = delete;
    NodeTable& operator=(const NodeTable&) = delete;

    const exo_node* node() const noexcept { return &node_; }

  private:
    FieldTable<typename T::Inputs> inputs_;
    FieldTable<typename T::Outputs> outputs_;
    FieldTable<typename T::Secrets> secrets_;
    exo_node node_;
};

struct NoHooks : Hooks {};

// The class with the plugin's hooks among the arguments of EXOSPHERE_PLUGIN.
template <class... Types>
struct HooksAmong {
    using type = NoHooks;
};
template <class First, class... Rest>
struct HooksAmong<First, Rest...> {
    using type = typename std::conditional_t<std::is_base_of_v<Hooks, First>,
                                             std::type_identity<First>, HooksAmong<Rest...>>::type;
};

template <class H>
struct HookTrampolines {
    static exo_status init(const exo_host* host) noexcept {
        return fenced(
            host,
            [&]() -> exo_status {
                Host handle(host);
                H::init(handle);
                return EXO_DONE;
            },
            [&](std::exception_ptr error) -> exo_status {
                log_exception(host, "init", std::move(error));
                return EXO_FAILED;
            });
    }
    static void shutdown() noexcept {
        try {
            H::shutdown();
        } catch (...) {  // nobody is left to tell
        }
    }
    static constexpr auto init_pointer() -> exo_status (*)(const exo_host*) {
        if constexpr (requires(Host & host) { H::init(host); }) return &init;
        return nullptr;
    }
    static constexpr auto shutdown_pointer() -> void (*)() {
        if constexpr (requires { H::shutdown(); }) return &shutdown;
        return nullptr;
    }
};

template <class... Types>
consteval bool node_names_differ() {
    const std::array<std::string_view, sizeof...(Types)> names{[] {
        if constexpr (NodeClass<Types>) {
            return node_name<Types>();
        } else {
            return std::string_view{};
        }
    }()...};
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (!names[i].empty() && names[i] == names[k]) return false;
        }
    }
    return true;
}

template <class... Types>
class PluginTable {
    static_assert(((NodeClass<Types> || std::is_base_of_v<Hooks, Types>)&&...),
                  "exosphere: EXOSPHERE_PLUGIN takes classes that derive publicly from "
                  "exosphere::Node<...> (or SharedNode, AsyncNode, SharedAsyncNode), or Hooks");
    static_assert((NodeClass<Types> || ...), "exosphere: a plugin has at least one node");
    static_assert((0U + ... + unsigned{std::is_base_of_v<Hooks, Types>}) <= 1U,
                  "exosphere: a plugin has one class of Hooks");
    static_assert(node_names_differ<Types...>(), "exosphere: two nodes have the same name");
    using H = HookTrampolines<typename HooksAmong<Types...>::type>;

  public:
    PluginTable(std::string_view name, std::string_view version)
        : plugin_{sizeof(exo_plugin),   EXO_ABI_MINOR,    0U,
                  to_str(name),         to_str(version),  to_str(built_with),
                  pointers_.data(),     pointers_.size(), H::init_pointer(),
                  H::shutdown_pointer()} {
        std::size_t i = 0;
        std::apply([&](const auto&... table) { (add(i, table), ...); }, tables_);
    }
    PluginTable(const PluginTable&) = delete;
    PluginTable& operator=(const PluginTable&) = delete;

    const exo_plugin* plugin() const noexcept { return &plugin_; }

  private:
    struct NotANode {};
    template <class T>
    struct TableOf {
        using type = NotANode;
    };
    template <NodeClass T>
    struct TableOf<T> {
        using type = NodeTable<T>;
    };

    void add(std::size_t&, const NotANode&) noexcept {}
    template <class T>
    void add(std::size_t& i, const NodeTable<T>& table) noexcept {
        pointers_[i++] = table.node();
    }

    std::tuple<typename TableOf<Types>::type...> tables_;
    std::array<const exo_node*, (0U + ... + unsigned{NodeClass<Types>})> pointers_{};
    exo_plugin plugin_;
};

// NULL if the table could not be built (a default that threw): the worker refuses the plugin.
template <class... Types>
const exo_plugin* describe_plugin(std::string_view name, std::string_view version) noexcept {
    try {
        static const PluginTable<Types...> table(name, version);
        return table.plugin();
    } catch (...) {
        return nullptr;
    }
}

}  // namespace exosphere::detail
