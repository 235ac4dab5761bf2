// Nodes that steer a run: let a branch end, wait, fail on purpose. They touch nothing outside the
// process. One instance per execution [pool-thread].
#pragma once

#include <exosphere/node.hpp>
#include <string>

namespace control {

struct Gate : exosphere::Node<Gate> {
    static constexpr const char* doc =
        "Lets a branch go on if `value` equals `equals`; prunes it if not.";
    struct Inputs {
        std::string value;
        std::string equals = "true";
    };
    struct Outputs {
        std::string value;
    };
    Outputs execute(const Inputs& in);
};

struct WaitUntil : exosphere::Node<WaitUntil> {
    static constexpr const char* doc =
        "Goes on when the time has come. Until then the state is re-enqueued and holds no worker.";
    struct Inputs {
        std::string time;
        static constexpr exosphere::FieldDoc docs[] = {
            {"time", "2026-11-24T08:00:00Z, also with fraction or +01:00; or Unix seconds."}};
    };
    struct Outputs {
        std::string time;
        static constexpr exosphere::FieldDoc docs[] = {{"time", "As it was given."}};
    };
    Outputs execute(const Inputs& in, exosphere::Context& ctx);
};

struct Fail : exosphere::Node<Fail> {
    static constexpr const char* doc =
        "Fails on purpose, to see what a graph does then: always, for one value, or only once.";
    struct Inputs {
        std::string message = "failed on purpose";
        std::string value = exosphere::empty;
        std::string equals = exosphere::empty;
        std::string once_key = exosphere::empty;
        static constexpr exosphere::FieldDoc docs[] = {
            {"message", "The error's text."},
            {"value", "Fails only if this equals `equals`; else goes on."},
            {"once_key",
             "If not empty: fails the first time that this worker process sees the key, and goes "
             "on "
             "from then on. Use something that is unique to the run."}};
    };
    struct Outputs {
        std::string value;
        static constexpr exosphere::FieldDoc docs[] = {{"value", "As it was given."}};
    };
    Outputs execute(const Inputs& in);
};

}  // namespace control
