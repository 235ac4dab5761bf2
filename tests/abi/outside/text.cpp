// The first plugin of docs/plugin-guide.md, which quotes it.
// [text-plugin]
#include <exosphere/node.hpp>

#include <cctype>

struct Uppercase : exosphere::Node<Uppercase> {
    struct Inputs {
        std::string text;
        std::string batch_size = "100";
    };
    struct Outputs {
        std::string text;
    };

    Outputs execute(const Inputs& in) {
        std::string text = in.text;
        for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return {text};
    }
};

EXOSPHERE_PLUGIN("text", "1.0.0", Uppercase)
// [/text-plugin]
