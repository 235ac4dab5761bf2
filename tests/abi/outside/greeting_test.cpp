#include "greeting.hpp"

#include <cstdio>
#include <exosphere/testing.hpp>

int main() {
    const auto outcome = exosphere::testing::run<Greeting>({.name = "world"});
    if (outcome.executed() && outcome.output().text == "Hello, world") return 0;
    std::puts(outcome.describe().c_str());
    return 1;
}
