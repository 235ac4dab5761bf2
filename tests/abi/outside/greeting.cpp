#include "greeting.hpp"

extern "C" const char* greeting_word(void);

Greeting::Outputs Greeting::execute(const Inputs& in) {
    return {std::string(greeting_word()) + ", " + in.name};
}

EXOSPHERE_PLUGIN("greeting", "1.0.0", Greeting)
