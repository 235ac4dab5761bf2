// The test plugins of all languages and compilers in one process, driven by the test host.
#include <dlfcn.h>
#include <exosphere/detail/test_host.hpp>

#include <catch2/catch.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

using exosphere::testing::detail::TestCall;
using exosphere::testing::detail::TestHost;
using exosphere::testing::detail::to_str;
using exosphere::testing::detail::to_view;

std::vector<std::string> plugin_files() {
    std::vector<std::string> files;
    std::istringstream list(EXO_TEST_PLUGINS);
    for (std::string file; std::getline(list, file, ':');) files.push_back(file);
    return files;
}

const exo_plugin& load(const std::string& file) {
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);  // stays, as in the daemon
    if (library == nullptr) FAIL(dlerror());
    using Entry = const exo_plugin* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, "exosphere_plugin_v1"));
    REQUIRE(entry != nullptr);
    const exo_plugin* plugin = entry();
    REQUIRE(plugin != nullptr);
    CHECK(plugin == entry());  // idempotent
    return *plugin;
}

const exo_node& node_of(const exo_plugin& plugin, std::string_view ending) {
    for (size_t i = 0; i < plugin.node_count; ++i) {
        if (to_view(plugin.nodes[i]->name).ends_with(ending)) return *plugin.nodes[i];
    }
    FAIL("no node " << ending);
    return *plugin.nodes[0];
}

TestCall execute(const exo_node& node, std::vector<std::string> inputs,
                 std::vector<std::string> secrets = {}) {
    TestHost host({}, {}, {});
    void* instance = node.create(&node, &host);
    REQUIRE(instance != nullptr);
    TestCall setup;
    setup.output_count = node.output_count;
    exo_call* call = host.begin(setup);
    std::vector<exo_str> in, sec;
    for (const auto& text : inputs) in.push_back(to_str(text));
    for (const auto& text : secrets) sec.push_back(to_str(text));
    host.returned(call, node.execute(instance, call, in.data(), sec.data()));
    REQUIRE(host.wait(call, std::chrono::seconds{10}));
    node.destroy(instance);
    return host.take(call);
}

using Texts = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("plugins of all compilers describe themselves and know their layout") {
    for (const auto& file : plugin_files()) {
        const exo_plugin& plugin = load(file);
        CHECK(plugin.size == sizeof(exo_plugin));
        CHECK(plugin.abi_minor == EXO_ABI_MINOR);
        CHECK(to_view(plugin.version) == "1.0.0");
        for (size_t i = 0; i < plugin.node_count; ++i) {
            const exo_node& node = *plugin.nodes[i];
            CHECK(node.size == sizeof(exo_node));
            CHECK(node.name.len > 0);
            for (size_t k = 0; k < node.input_count; ++k) {
                CHECK(node.inputs[k]->size == sizeof(exo_field));
            }
        }
    }
}

TEST_CASE("C++ plugins of two compilers work side by side in one process") {
    for (const auto& file : plugin_files()) {
        if (file.ends_with("/c.so")) continue;
        const exo_plugin& plugin = load(file);
        const auto upper = execute(node_of(plugin, "Upper"), {"hi"});
        REQUIRE(upper.emitted.size() == 1);
        CHECK(upper.emitted[0][0] == "HI");
        CHECK(execute(node_of(plugin, "Throw"), {"boom"}).text == "std::runtime_error: boom");
        CHECK(execute(node_of(plugin, "Throw"), {"int"}).text == "int: 42");
        CHECK(execute(node_of(plugin, "Throw"), {"prune"}).kind == TestCall::Kind::pruned);
        CHECK(execute(node_of(plugin, "Later"), {"later"}).emitted == Texts{{"later"}});
    }
}

TEST_CASE("a plugin in plain C11 shows every outcome") {
    const exo_plugin& plugin = load(plugin_files().front());
    CHECK(to_view(plugin.name) == "c-plugin");
    CHECK(execute(node_of(plugin, "CEcho"), {"hi", "!"}).emitted == Texts{{"hi!"}});
    CHECK(execute(node_of(plugin, "CFanOut"), {"3"}).emitted == Texts{{"0"}, {"1"}, {"2"}});
    CHECK(execute(node_of(plugin, "CFanOut"), {"x"}).kind == TestCall::Kind::failed);
    const exo_node& signal = node_of(plugin, "CSignal");
    CHECK(execute(signal, {"prune"}).text == R"({"reason":"asked to"})");
    CHECK(execute(signal, {"requeue"}).after == std::chrono::milliseconds{1500});
    CHECK(execute(signal, {"fail"}).text == "asked to fail");
    CHECK(execute(signal, {"fail without text"}).finished == EXO_FAILED);
    CHECK(execute(signal, {"cancelled"}).finished == EXO_CANCELLED);
    CHECK(execute(signal, {"bad count"}).kind == TestCall::Kind::failed);
    CHECK(execute(signal, {"nothing"}).kind == TestCall::Kind::none);
    CHECK(execute(node_of(plugin, "CSecret"), {}, {"12345"}).emitted == Texts{{"5"}});
    CHECK(execute(node_of(plugin, "CLater"), {"later"}).emitted == Texts{{"later"}});
}
