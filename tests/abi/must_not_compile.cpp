// Compiles as it stands. With one of the macros it must not, and the compiler's message must say
// why: must_not_compile.cmake checks that, with every compiler there is.
#include <exosphere/node.hpp>

#include <cstdint>

#if defined(INT_INPUT)
#define FIELD int retries = 3
#elif defined(VIEW_INPUT)
#define FIELD std::string_view retries
#elif defined(VECTOR_INPUT)
#define FIELD std::vector<std::string> retries
#elif defined(OPTIONAL_INPUT)
#define FIELD std::optional<std::string> retries
#elif defined(UNDERSCORE_INPUT)
#define FIELD std::string _retries
#else
#define FIELD std::string retries
#endif

namespace acme {

struct Fetch : exosphere::Node<Fetch> {
    struct Inputs {
        std::string url;
        FIELD;
        std::string note = exosphere::empty;
#if defined(DOC_OF_NOTHING)
        static constexpr exosphere::FieldDoc docs[] = {{ "uri", "What to fetch." }};
#endif
    };
    struct Outputs {
#if defined(INT_OUTPUT)
        std::int64_t status;
#else
        std::string status;
#endif
    };
    struct Secrets {
#if defined(BOOL_SECRET)
        bool api_key;
#else
        std::string api_key;
#endif
    };
#if defined(WRONG_RETURN)
    int execute(const Inputs&) { return 1; }
#elif defined(WRONG_PARAMETER)
    Outputs execute(const Inputs&, int) { return {}; }
#elif defined(NO_EXECUTE)
#else
    Outputs execute(const Inputs&) { return {}; }
#endif
};

struct NotANode {
    void execute() {}
};

namespace other {
struct Fetch : exosphere::Node<Fetch> {
    void execute() {}
};
}  // namespace other

}  // namespace acme

#if defined(NOT_A_NODE)
EXOSPHERE_PLUGIN("acme", "1.0.0", acme::Fetch, acme::NotANode)
#elif defined(SAME_NAME)
EXOSPHERE_PLUGIN("acme", "1.0.0", acme::Fetch, acme::other::Fetch)
#else
EXOSPHERE_PLUGIN("acme", "1.0.0", acme::Fetch)
#endif
