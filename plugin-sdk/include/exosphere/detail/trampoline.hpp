// From an author's class to the C functions of an exo_node. Instantiated inside EXOSPHERE_PLUGIN
// and by the test runner, where the class is complete. Threads as abi.h says.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "exosphere/completion.hpp"
#include "exosphere/context.hpp"
#include "exosphere/detail/fence.hpp"
#include "exosphere/detail/reflect.hpp"

namespace exosphere {

struct NodeBase {};   // of every node
struct AsyncBase {};  // of those that complete later

namespace detail {

template <class T>
concept NodeClass = std::is_base_of_v<NodeBase, T>;
template <class T>
concept AsyncNodeClass = NodeClass<T> && std::is_base_of_v<AsyncBase, T>;

template <class T>
constexpr bool is_shared_node() {
    return T::exosphere_shared;
}

// What create() returns to the worker.
template <class T>
struct Instance {
    explicit Instance(const exo_host* h) : host(h), node(make(Host(h))) {}

    // A node may take the Host in its constructor.
    static T make([[maybe_unused]] Host h) {
        if constexpr (std::is_constructible_v<T, Host&>) {
            return T(h);
        } else {
            return T();
        }
    }

    const exo_host* host;
    CancelRegister cancels;
    T node;
};

template <class T>
exo_status emit_outputs(const exo_host* host, exo_call* call, const void* outputs) {
    const auto values = to_values(*static_cast<const typename T::Outputs*>(outputs));
    return host->emit(host, call, values.data(), values.size());
}

// Calls execute() with the parameters it takes: any of Inputs, Secrets and Last (a Context& or a
// Completion), in this order.
template <class T, class Last>
decltype(auto) call_execute(T& node, typename T::Inputs&& in, typename T::Secrets&& secrets,
                            Last&& last) {
    using In = typename T::Inputs;
    using Sec = typename T::Secrets;
    if constexpr (requires {
                      node.execute(std::forward<In>(in), std::forward<Sec>(secrets),
                                   std::forward<Last>(last));
                  }) {
        return node.execute(std::forward<In>(in), std::forward<Sec>(secrets),
                            std::forward<Last>(last));
    } else if constexpr (requires {
                             node.execute(std::forward<In>(in), std::forward<Last>(last));
                         }) {
        return node.execute(std::forward<In>(in), std::forward<Last>(last));
    } else if constexpr (requires {
                             node.execute(std::forward<Sec>(secrets), std::forward<Last>(last));
                         }) {
        return node.execute(std::forward<Sec>(secrets), std::forward<Last>(last));
    } else if constexpr (requires { node.execute(std::forward<Last>(last)); }) {
        return node.execute(std::forward<Last>(last));
    } else if constexpr (AsyncNodeClass<T>) {
        static_assert(!AsyncNodeClass<T>,
                      "exosphere: execute() of an asynchronous node takes (Inputs, Secrets, "
                      "exosphere::Completion<Outputs>); Inputs and Secrets may be left out");
    } else if constexpr (requires {
                             node.execute(std::forward<In>(in), std::forward<Sec>(secrets));
                         }) {
        return node.execute(std::forward<In>(in), std::forward<Sec>(secrets));
    } else if constexpr (requires { node.execute(std::forward<In>(in)); }) {
        return node.execute(std::forward<In>(in));
    } else if constexpr (requires { node.execute(std::forward<Sec>(secrets)); }) {
        return node.execute(std::forward<Sec>(secrets));
    } else if constexpr (requires { node.execute(); }) {
        return node.execute();
    } else {
        static_assert(AsyncNodeClass<T>,
                      "exosphere: a node needs a public execute() that takes (const Inputs&, const "
                      "Secrets&, exosphere::Context&); each of the three may be left out");
    }
}

template <class T>
exo_status execute_sync(Instance<T>& instance, exo_call* call, const exo_str* inputs,
                        const exo_str* secrets) {
    using Outputs = typename T::Outputs;
    using Secrets = typename T::Secrets;
    struct Wiped {
        Secrets value;
        ~Wiped() { wipe(value); }
    } sec{from_values<Secrets>(secrets)};
    auto in = from_values<typename T::Inputs>(inputs);
    Context context(instance.host, call, instance.cancels);
    using Result =
        decltype(call_execute(instance.node, std::move(in), std::move(sec.value), context));
    static_assert(std::is_void_v<Result> || std::is_same_v<Result, Outputs> ||
                      std::is_same_v<Result, std::vector<Outputs>>,
                  "exosphere: execute() returns Outputs, std::vector<Outputs> (fan-out) or void");
    if constexpr (std::is_void_v<Result>) {
        call_execute(instance.node, std::move(in), std::move(sec.value), context);
    } else if constexpr (std::is_same_v<Result, Outputs>) {
        const Outputs outputs =
            call_execute(instance.node, std::move(in), std::move(sec.value), context);
        if (emit_outputs<T>(instance.host, call, &outputs) != EXO_DONE) return EXO_FAILED;
    } else {
        const Result fan_out =
            call_execute(instance.node, std::move(in), std::move(sec.value), context);
        for (const Outputs& outputs : fan_out) {
            if (emit_outputs<T>(instance.host, call, &outputs) != EXO_DONE) return EXO_FAILED;
        }
    }
    return EXO_DONE;
}

template <class T>
class AsyncCallOf final : public AsyncCall {
  public:
    AsyncCallOf(const Instance<T>& instance, CancelRegister& cancels, exo_call* call,
                const exo_str* in, const exo_str* sec)
        : AsyncCall(instance.host, call, cancels, &emit_outputs<T>),
          inputs(from_values<typename T::Inputs>(in)),
          secrets(from_values<typename T::Secrets>(sec)) {}
    ~AsyncCallOf() override { wipe(secrets); }

    typename T::Inputs inputs;
    typename T::Secrets secrets;
};

template <class T>
exo_status execute_async(Instance<T>& instance, exo_call* call, const exo_str* inputs,
                         const exo_str* secrets) {
    auto state =
        std::make_shared<AsyncCallOf<T>>(instance, instance.cancels, call, inputs, secrets);
    using Done = Completion<typename T::Outputs>;
    using Result = decltype(call_execute(instance.node, std::move(state->inputs),
                                         std::move(state->secrets), Done(state)));
    static_assert(std::is_void_v<Result>,
                  "exosphere: execute() of an asynchronous node returns void; its outcome goes to "
                  "the completion");
    fenced(
        instance.host,
        [&] {
            call_execute(instance.node, std::move(state->inputs), std::move(state->secrets),
                         Done(state));
        },
        [&](std::exception_ptr error) {
            if (!state->end_with(error)) {
                log_exception(instance.host, "a node threw after its completion", error);
            }
        });
    return EXO_ASYNC;
}

// The functions of T's exo_node.
template <class T>
struct Trampolines {
    static void* create(const exo_node*, const exo_host* host) noexcept {
        return fenced(
            host, [&]() -> void* { return new Instance<T>(host); },
            [&](std::exception_ptr error) -> void* {
                log_exception(host, "create", std::move(error));
                return nullptr;
            });
    }

    static exo_status execute(void* self, exo_call* call, const exo_str* inputs,
                              const exo_str* secrets) noexcept {
        auto& instance = *static_cast<Instance<T>*>(self);
        return fenced(
            instance.host,
            [&] {
                if constexpr (AsyncNodeClass<T>) {
                    return execute_async(instance, call, inputs, secrets);
                } else {
                    return execute_sync(instance, call, inputs, secrets);
                }
            },
            [&](std::exception_ptr error) {
                return settle(instance.host, call, std::move(error));
            });
    }

    static void cancel(void* self, exo_call* call) noexcept {
        auto& instance = *static_cast<Instance<T>*>(self);
        fenced(
            instance.host, [&] { instance.cancels.fire(call); },
            [&](std::exception_ptr error) {
                log_exception(instance.host, "on_cancel", std::move(error));
            });
    }

    static void destroy(void* self) noexcept { delete static_cast<Instance<T>*>(self); }
};

}  // namespace detail
}  // namespace exosphere
