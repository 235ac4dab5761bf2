// One source for two plugins, built by g++ and by clang++ and loaded into one daemon: MIXED is
// "Gxx" or "Clang". Both hold inline statics, thread locals and type infos of the same names, which
// must not meet. Plugin "gxx" or "clang", nodes: GxxUpper, GxxThrow, GxxLater (Clang... likewise).
#include <exosphere/node.hpp>

#include <cctype>
#include <map>
#include <memory>
#include <stdexcept>

#define MIXED_PASTE(a, b) a##b
#define MIXED_NAME(a, b) MIXED_PASTE(a, b)
#define MIXED_TEXT_OF(a) #a
#define MIXED_TEXT(a) MIXED_TEXT_OF(a)

namespace mixed {

// The same name in both plugins, and a std::map to make the compilers emit templates.
struct Registry {
    static inline std::map<std::string, int> seen;
    static inline thread_local int depth = 0;
};

struct Upper : exosphere::Node<Upper> {
    static constexpr const char* node_name = MIXED_TEXT(MIXED) "Upper";
    struct Inputs {
        std::string text;
    };
    struct Outputs {
        std::string text, compiler;
    };
    Outputs execute(const Inputs& in, exosphere::Context& ctx) {
        ++Registry::depth;
        std::string text = in.text;
        for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        ctx.log("upper");
        return {text, MIXED_TEXT(MIXED)};
    }
};

struct Throw : exosphere::Node<Throw> {
    static constexpr const char* node_name = MIXED_TEXT(MIXED) "Throw";
    struct Inputs {
        std::string what;
    };
    void execute(const Inputs& in) {
        if (in.what == "int") throw 42;
        if (in.what == "prune") throw exosphere::Prune{};
        throw std::runtime_error(in.what);
    }
};

struct Later : exosphere::AsyncNode<Later> {
    static constexpr const char* node_name = MIXED_TEXT(MIXED) "Later";
    struct Inputs {
        std::string text;
    };
    struct Outputs {
        std::string text;
    };
    void execute(const Inputs& in, exosphere::Completion<Outputs> done) {
        done.context().submit([&in, done] { done.complete({in.text}); });
    }
};

}  // namespace mixed

EXOSPHERE_PLUGIN(MIXED_PLUGIN, "1.0.0", mixed::Upper, mixed::Throw, mixed::Later)
