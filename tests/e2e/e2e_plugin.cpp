// Nodes that the end-to-end tests need and nobody else: slow, stubborn, counting.
#include <chrono>
#include <exosphere/node.hpp>
#include <fstream>
#include <thread>

namespace {

// Appends a line to a file, so that executions can be counted from outside.
void note(const std::string& file, const std::string& line) {
    std::ofstream(file, std::ios::app) << line + "\n";
}

struct Sleep : exosphere::Node<Sleep> {
    struct Inputs {
        std::string ms;
        std::string log_file = exosphere::empty;
    };
    struct Outputs {
        std::string slept_ms;
    };
    Outputs execute(const Inputs& in, exosphere::Context& ctx) {
        if (!in.log_file.empty()) note(in.log_file, "started");
        const auto ends =
            std::chrono::steady_clock::now() + std::chrono::milliseconds(std::stoi(in.ms));
        while (std::chrono::steady_clock::now() < ends) {
            if (ctx.cancelled()) throw exosphere::Cancelled{};
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return {in.ms};
    }
};

// Does not look at cancelled().
struct Stubborn : exosphere::Node<Stubborn> {
    struct Inputs {
        std::string ms;
    };
    void execute(const Inputs& in) {
        std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(in.ms)));
    }
};

struct TellSecret : exosphere::Node<TellSecret> {
    struct Inputs {
        std::string fail = exosphere::empty;
    };
    struct Outputs {
        std::string length;
    };
    struct Secrets {
        std::string api_key;
    };
    Outputs execute(const Inputs& in, const Secrets& secrets, exosphere::Context& ctx) {
        ctx.log("the key is " + secrets.api_key);
        if (!in.fail.empty()) throw std::runtime_error("refused with key " + secrets.api_key);
        return {std::to_string(secrets.api_key.size())};
    }
};

}  // namespace

EXOSPHERE_PLUGIN("e2e", "1.0.0", Sleep, Stubborn, TellSecret)
