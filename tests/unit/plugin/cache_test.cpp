// The private copies: content decides, not the path; what was loaded is safe from its file.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "fixture.hpp"
#include "plugin/cache.hpp"

using namespace exo;
using namespace exo::test;
using Catch::Matchers::Contains;

namespace {

unsigned mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

std::string version_of(World& world) { return run(world.node("Uppercase"), request({"x"})); }

}  // namespace

TEST_CASE("a new version moved over a loaded path is the one that loads next") {
    World before;
    before.add(fixture("plain.so")).load();
    CHECK(version_of(before) == "executed text=X,version=1.0.0");

    World after;
    after.options.plugins = before.options.plugins;
    fs::copy_file(fixture("plain-2.so"), before.dir_path / "new.so");
    fs::rename(before.dir_path / "new.so", before.plugins() / "plain.so");
    after.load();
    CHECK(version_of(after) == "executed text=X,version=2.0.0");
    CHECK(version_of(before) == "executed text=X,version=1.0.0");
}

TEST_CASE("a loaded plugin whose file is overwritten in place goes on") {
    World world;
    world.add(fixture("plain.so")).load();
    {
        std::fstream file(world.plugins() / "plain.so",
                          std::ios::in | std::ios::out | std::ios::binary);
        file << std::string(fs::file_size(world.plugins() / "plain.so"), 'x');
    }
    fs::resize_file(world.plugins() / "plain.so", 0);
    CHECK(version_of(world) == "executed text=X,version=1.0.0");
}

TEST_CASE("the same content loaded again is initialised in an image of its own") {
    World first;
    first.add(fixture("acts.so")).load();
    World second;
    second.options.plugins.cache_directory = first.options.plugins.cache_directory;
    second.add(fixture("acts.so")).load();
    // Both say which instance of the static counter they have.
    CHECK(run(first.node("Act"), request({"count", ""}, {"key"})) == "executed text=1");
    CHECK(run(second.node("Act"), request({"count", ""}, {"key"})) == "executed text=1");
    CHECK(first.executor->shutdown(patience));
    CHECK(run(second.node("Act"), request({"echo", "alive"}, {"key"})) == "executed text=alive");
}

TEST_CASE("the cache directory is private, and a file in it that was tampered with is replaced") {
    World world;
    world.add(fixture("plain.so")).load();
    const fs::path cache = world.options.plugins.cache_directory;
    CHECK(mode_of(cache) == 0700);
    const auto& library = world.executor->registry().plugins()[0]->library();
    CHECK(library.copy.filename().string().starts_with("plain-" + library.sha256));
    CHECK(library.sha256.size() == 64);

    const auto source = plugin::OpenFile::read(fixture("plain.so"));
    const plugin::Cache copies(cache);
    REQUIRE(copies.prepare().has_value());
    const auto first = copies.copy(*source, "x y/z", library.sha256);
    REQUIRE(first.has_value());
    CHECK(first->path.filename().string() == "x_y_z-" + library.sha256 + ".so");
    std::ofstream(first->path, std::ios::app) << "tampered";
    const auto again = copies.copy(*source, "x y/z", library.sha256);
    REQUIRE(again.has_value());
    CHECK(fs::file_size(again->path) == fs::file_size(fixture("plain.so")));
}

TEST_CASE("a cache directory open to others is closed, one of somebody else is refused") {
    const TempDir temp;
    const fs::path dir = temp.path();
    fs::create_directory(dir / "open");
    fs::permissions(dir / "open", fs::perms(0777));
    REQUIRE(plugin::Cache(dir / "open").prepare().has_value());
    CHECK(mode_of(dir / "open") == 0700);
    if (::geteuid() == 0) {
        fs::create_directory(dir / "foreign");
        REQUIRE(::chown((dir / "foreign").c_str(), 65534, 65534) == 0);
        const auto prepared = plugin::Cache(dir / "foreign").prepare();
        REQUIRE_FALSE(prepared.has_value());
        CHECK_THAT(prepared.error().message, Contains("belongs to another user"));
    }
    CHECK_FALSE(plugin::Cache("/proc/nowhere").prepare().has_value());
    CHECK_FALSE(plugin::Cache("").prepare().has_value());
}
