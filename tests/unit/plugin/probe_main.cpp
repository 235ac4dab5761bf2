// The probe child of the tests: what `exosphered probe-plugin FILE` does.
#include "plugin/probe.hpp"

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    exo::plugin::answer_probe(argv[argc - 1]);
}
