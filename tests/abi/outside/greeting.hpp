#include <exosphere/node.hpp>

struct Greeting : exosphere::Node<Greeting> {
    struct Inputs {
        std::string name;
    };
    struct Outputs {
        std::string text;
    };
    Outputs execute(const Inputs& in);
};
