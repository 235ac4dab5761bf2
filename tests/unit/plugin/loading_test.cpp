// Files on their way in: every kind of bad one is refused with one sentence, and the others serve.
#include <elf.h>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "fixture.hpp"

using namespace exo;
using namespace exo::test;
using Catch::Matchers::Contains;

namespace {

std::string reason_of(World& world) {
    REQUIRE(world.refused().size() == 1);
    return world.refused()[0].reason;
}

// Loads `file` beside a good plugin, which must serve whatever happens; why `file` was refused.
std::string refusal(const fs::path& file) {
    World world;
    world.add(file, "bad.so").add(fixture("plain.so"), "good.so").load();
    CHECK(world.executor->registry().plugins().size() == 1);
    CHECK(run(world.node("Uppercase"), request({"still here"})) ==
          "executed text=STILL HERE,version=1.0.0");
    const auto reason = reason_of(world);
    CHECK(world.refused()[0].sentence() ==
          "plugin " + (world.plugins() / "bad.so").string() + " " + reason);
    CHECK_THAT(reason, !Contains("\n"));
    CHECK_THAT(reason, !Contains(world.options.plugins.cache_directory));
    world.executor->shutdown(patience);
    CHECK_THAT(*world.log_text, Contains("plugin refused") && Contains("bad.so"));
    return reason;
}

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A file made of `bytes`, refused; why.
std::string refusal_of_bytes(const std::string& bytes) {
    const TempDir dir;
    return refusal(dir.write("made.so", bytes));
}

}  // namespace

TEST_CASE("a good plugin loads, and its declaration is read completely") {
    World world;
    world.add(fixture("plain.so")).load();
    REQUIRE(world.refused().empty());
    REQUIRE(world.executor->registry().plugins().size() == 1);
    const auto& plugin = *world.executor->registry().plugins()[0];
    CHECK(plugin.name() == "plain");
    CHECK(plugin.version() == "1.0.0");
    CHECK(plugin.library().declared.built_with == "by hand, C11");
    const auto node = world.node("Uppercase");
    CHECK(node->plugin() == "plain");
    CHECK(node->version() == "1.0.0");
    CHECK(node->schema().doc == "Turns text into capitals.");
    CHECK(node->schema().inputs ==
          std::vector<model::FieldSchema>{{"text", std::nullopt, "any text"}});
    CHECK(node->schema().outputs.size() == 2);
    CHECK(node->schema().secrets.empty());
}

TEST_CASE("the bad plugin with nothing wrong is a good one") {
    World world;
    world.add(bad("nothing")).load();
    CHECK(world.refused().empty());
    CHECK(run(world.node("Node"), request({"x"})) == "executed");
}

TEST_CASE("a plugin whose handshake is wrong is refused with its reason") {
    const auto [what, reason] = GENERATE(table<std::string, std::string>({
        {"abi_version", "speaks another ABI version: it exports exosphere_plugin_v2"},
        {"symbol", "does not export exosphere_plugin_v1, so it is not an Exosphere plugin"},
        {"size", "declares plugin with size 16"},
        {"huge_size", "declares plugin with size 2147483647"},
        {"utf8", "declares a plugin name that is not UTF-8"},
        {"node_utf8", "declares a name of node #1 that is not UTF-8"},
        {"node_name", "node name \"a/b\" contains '/'"},
        {"null_name", "declares a NULL name of node #1 with a length"},
        {"node_size", "declares node #1 with size"},
        {"null_node", "declares a NULL node #2"},
        {"null_nodes", "declares NULL as its nodes"},
        {"null_execute", "declares node \"Node\" without create, execute or destroy"},
        {"no_nodes", "declares no nodes"},
        {"duplicate_node", "declares node \"Node\" twice"},
        {"duplicate_field", "declares input of node \"Node\" \"text\" twice"},
        {"field_name", "\"_hidden\" starts with '_', which the state manager refuses"},
        {"field_size", "declares input of node \"Node\" with size 8"},
        {"field_count", "declares 1000000 fields as input of node \"Node\""},
        {"null_fields", "declares NULL as input of node \"Node\""},
        {"default", "declares a default of input of node \"Node\" \"text\" that is not UTF-8"},
        {"entry_null", "declares a NULL plugin"},
        {"undefined", "cannot be loaded: undefined symbol: a_function_that_nobody_has"},
    }));
    CAPTURE(what);
    CHECK_THAT(refusal(bad(what)), Contains(reason));
}

TEST_CASE("a plugin that crashes the probe process does not crash the worker") {
    CHECK(refusal(bad("static_init_crash")) ==
          "crashed with SIGSEGV while it was opened in a probe process");
    CHECK(refusal(bad("wild_pointer")) ==
          "crashed with SIGSEGV while it was opened in a probe process");
    CHECK_THAT(refusal(bad("static_throw")), Contains("SIGABRT") || Contains("static initialiser"));
}

TEST_CASE("a plugin that ends the probe process with exit code 0 has not passed") {
    // Asked alone first: opened here, it would end this process with 0, which looks like success.
    REQUIRE_FALSE(plugin::Probe(test_probe()).check(bad("static_init_exit"), "a").has_value());
    CHECK_THAT(refusal(bad("static_init_exit")), Contains("ended the probe process"));
}

TEST_CASE("a plugin that never finishes to open is refused in bounded time") {
    World world;
    world.options.probe.timeout = 300ms;
    world.add(bad("static_init_hang")).load();
    CHECK_THAT(reason_of(world), Contains("did not open within 0.30 s"));
}

TEST_CASE("a plugin whose init fails or throws is refused with what it said") {
    CHECK(refusal(bad("init")) == "refuses to start: no licence found");
    CHECK(refusal(bad("init_silent")) ==
          "refuses to start: init() returned -1 and logged no error");
    CHECK(refusal(bad("init_throw")) ==
          "is broken: init() threw an exception of type std::runtime_error across the plugin "
          "boundary: no database");
}

TEST_CASE("a file that is not a plugin at all is refused") {
    CHECK(refusal_of_bytes("just some text\n") == "is not an ELF shared object");
    CHECK(refusal_of_bytes("") == "is empty");
    CHECK_THAT(refusal_of_bytes("\x7f"
                                "ELF short"),
               Contains("is truncated"));
    CHECK_THAT(refusal("/proc/self/exe"), Contains("probe") || Contains("cannot be loaded") ||
                                              Contains("not a shared object") ||
                                              Contains("does not export"));
}

TEST_CASE("a plugin for another machine is refused by the machine's name") {
    auto bytes = content(fixture("plain.so"));
    const Elf64_Half other = EM_AARCH64;
    bytes.replace(offsetof(Elf64_Ehdr, e_machine), sizeof other,
                  reinterpret_cast<const char*>(&other), sizeof other);
    CHECK_THAT(refusal_of_bytes(bytes), Contains("is built for aarch64, this worker runs on"));
}

TEST_CASE("a truncated plugin is refused wherever it was cut") {
    const auto bytes = content(fixture("plain.so"));
    for (std::size_t parts = 1; parts < 8; ++parts) {
        const auto reason = refusal_of_bytes(bytes.substr(0, bytes.size() * parts / 8));
        CHECK_THAT(reason, Contains("is truncated"));
    }
}

TEST_CASE("a truncated file that only dlopen finds out about ends the probe process") {
    const auto bytes = content(fixture("acts.so"));
    const TempDir dir;
    plugin::Probe probe(test_probe());
    std::string all;
    for (std::size_t part = 1; part < 16; ++part) {
        const auto file = dir.write("cut.so", bytes.substr(0, bytes.size() * part / 16));
        const auto checked = probe.check(file, std::to_string(part));
        if (!checked) all += checked.error().message + "\n";
    }
    CHECK_THAT(all, Contains("crashed with SIGBUS while it was opened in a probe process"));
}

TEST_CASE("a verdict is remembered by content, a probe that could not run is not") {
    const auto file = fixture("plain.so");
    plugin::Probe probe(test_probe());
    CHECK(probe.check(file, "a").has_value());
    CHECK(probe.check("/does/not/exist.so", "a").has_value());
    CHECK_FALSE(probe.check("/does/not/exist.so", "b").has_value());
    CHECK_FALSE(probe.check(file, "b").has_value());

    plugin::Probe broken({"/does/not/exist", {}, 1s});
    const auto checked = broken.check(file, "a");
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().message ==
          "cannot be probed: /does/not/exist: No such file or directory");
}

TEST_CASE("a hole where the dynamic section was kills the probe, not the worker") {
    auto bytes = content(fixture("plain.so"));
    // Keep the headers plausible and destroy what they point at.
    for (std::size_t i = 0x200; i < bytes.size() - 0x1000; ++i)
        bytes[i] = static_cast<char>(i * 31);
    CHECK_FALSE(refusal_of_bytes(bytes).empty());
}

TEST_CASE("files that cannot be read are refused, each by its reason") {
    World world;
    fs::create_directory(world.plugins() / "a.so");
    fs::create_symlink("/does/not/exist", world.plugins() / "b.so");
    REQUIRE(::mkfifo((world.plugins() / "c.so").c_str(), 0600) == 0);
    world.load();
    REQUIRE(world.refused().size() == 3);
    CHECK(world.refused()[0].reason == "is not a regular file");
    CHECK(world.refused()[1].reason == "cannot be read: No such file or directory");
    CHECK(world.refused()[2].reason == "is not a regular file");
}

TEST_CASE("a plugin without read permission is refused") {
    World world;
    world.add(fixture("plain.so"));
    fs::permissions(world.plugins() / "plain.so", fs::perms::none);
    plugin::Loader loader(world.options.plugins.cache_directory, test_probe(), {});
    // Root reads everything: ask as nobody.
    const bool root = ::geteuid() == 0;
    if (root) fs::permissions(world.dir_path, fs::perms(0755));
    if (root) ::setfsuid(65534);
    const auto opened = loader.open(world.plugins() / "plain.so");
    if (root) ::setfsuid(0);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().message == "cannot be read: Permission denied");
}

TEST_CASE("hidden files and files of other kinds are left alone") {
    World world;
    world.add(fixture("plain.so"), ".plain.so").add(fixture("plain.so"), "plain.so.tmp");
    std::ofstream(world.plugins() / "README") << "hello";
    world.load();
    CHECK(world.executor->nodes().empty());
    CHECK(world.refused().empty());
    world.executor->shutdown(patience);
    CHECK_THAT(*world.log_text, Contains("no plugins in the plugin directory"));
}

TEST_CASE("a plugin directory that is not there is an error that names it") {
    World world;
    world.options.plugins.directory = "/does/not/exist";
    const auto loaded = world.try_load();
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error().message ==
          "plugin directory /does/not/exist cannot be read: No such file or directory");
}

TEST_CASE("of two plugins with one name the first in order serves") {
    World world;
    world.add(fixture("plain.so"), "2.so").add(fixture("plain-2.so"), "1.so").load();
    REQUIRE(world.executor->registry().plugins().size() == 1);
    CHECK(run(world.node("Uppercase"), request({"x"})) == "executed text=X,version=2.0.0");
    CHECK(reason_of(world) == "is named \"plain\" like " + (world.plugins() / "1.so").string() +
                                  ", which serves already");
}

TEST_CASE("of two plugins with one node the first in order serves") {
    World world;
    world.add(fixture("plain.so"), "1.so").add(fixture("other.so"), "2.so").load();
    REQUIRE(world.executor->registry().plugins().size() == 1);
    CHECK(reason_of(world) == "declares node \"Uppercase\", which " +
                                  (world.plugins() / "1.so").string() +
                                  " (plugin plain) serves already");
}

TEST_CASE("with an allow-list only what is on it loads") {
    World world;
    world.add(fixture("plain.so"));
    const auto file = plugin::OpenFile::read(world.plugins() / "plain.so");
    const auto sum = plugin::sha256_of(*file);
    REQUIRE(sum.has_value());
    SECTION("listed, in capitals") {
        auto upper = *sum;
        for (auto& c : upper) c = static_cast<char>(std::toupper(c));
        world.options.plugins.sha256 = {std::string(64, '0'), upper};
        world.load();
        CHECK(world.refused().empty());
    }
    SECTION("not listed") {
        world.options.plugins.sha256 = {std::string(64, '0')};
        world.load();
        CHECK_THAT(reason_of(world), Contains("is not on the allow-list") && Contains(*sum));
    }
}
