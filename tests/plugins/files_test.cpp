#include "files/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <exosphere/testing.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using exosphere::testing::Ending;
using exosphere::testing::run;
namespace fs = std::filesystem;

namespace {

struct TempDir {
    TempDir() {
        std::string pattern = (fs::temp_directory_path() / "exo-files-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~TempDir() { fs::remove_all(path); }
    std::string operator/(const char* name) const { return (path / name).string(); }
    fs::path path;
};

void write(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string read(const std::string& path) {
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    return content.str();
}

std::size_t entries(const fs::path& directory) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

template <class Node>
exosphere::testing::Options<Node> confined(const TempDir& root) {
    return {.config = {{"root", root.path.string()}}};
}

}  // namespace

TEST_CASE("ReadFile gives a file's text, its size and the state that read it") {
    const TempDir dir;
    write(dir / "a.txt", "hello\n");
    const auto out = run<files::ReadFile>({.path = dir / "a.txt"}, {.info = {{"state_id", "s1"}}});
    CHECK(out.output().text == "hello\n");
    CHECK(out.output().bytes == "6");
    CHECK(out.output().state_id == "s1");
}

TEST_CASE("ReadFile names the path that it could not read") {
    const TempDir dir;
    const auto missing = run<files::ReadFile>({.path = dir / "no/such"});
    CHECK_THAT(missing.error, Catch::Contains("no/such") && Catch::Contains("No such file"));
    CHECK_THAT(run<files::ReadFile>({.path = dir.path}).error, Catch::Contains("Is a directory"));
    CHECK_THAT(run<files::ReadFile>({.path = ""}).error, Catch::Contains("directory"));
    REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
    CHECK_THAT(run<files::ReadFile>({.path = dir / "pipe"}).error,
               Catch::Contains("not a regular file"));
}

TEST_CASE("ReadFile refuses more bytes than allowed, and what is not UTF-8") {
    const TempDir dir;
    write(dir / "ten", "0123456789");
    CHECK(
        run<files::ReadFile>({.path = dir / "ten"}, {.config = {{"max_bytes", "10"}}}).executed());
    CHECK_THAT(run<files::ReadFile>({.path = dir / "ten"}, {.config = {{"max_bytes", "9"}}}).error,
               Catch::Contains("larger than 9 bytes"));
    write(dir / "binary", "\xff\xfe");
    CHECK_THAT(run<files::ReadFile>({.path = dir / "binary"}).error, Catch::Contains("UTF-8"));
}

TEST_CASE("a root confines: no path leads out of it") {
    const TempDir root, outside;
    write(outside / "secret", "s");
    write(root / "inside", "i");
    fs::create_directory(root.path / "sub");
    write(root / "sub/deep", "d");
    fs::create_symlink(outside.path, root.path / "link");
    fs::create_symlink(outside / "secret", root.path / "file-link");
    const auto text = [&](const std::string& path) {
        return run<files::ReadFile>({.path = path}, confined<files::ReadFile>(root));
    };
    CHECK(text("inside").output().text == "i");
    CHECK(text("./sub//deep").output().text == "d");
    CHECK(text(root / "sub/deep").output().text == "d");
    for (const std::string& path :
         {outside / "secret", std::string("/etc/passwd"), std::string("../") + "x",
          std::string("sub/../inside"), std::string("link/secret"), std::string("file-link"),
          root.path.string() + "-other/x", root.path.string() + "/../x"}) {
        CAPTURE(path);
        CHECK(text(path).ending == Ending::errored);
    }
    const auto written = run<files::WriteRecord>({.directory = "link", .text = "t", .record = "r"},
                                                 confined<files::WriteRecord>(root));
    CHECK(written.ending == Ending::errored);
    CHECK(entries(outside.path) == 1);
}

TEST_CASE("without a root, links are followed as usual") {
    const TempDir dir;
    write(dir / "a", "a");
    fs::create_symlink(dir / "a", dir.path / "b");
    CHECK(run<files::ReadFile>({.path = dir / "b"}).output().text == "a");
}

TEST_CASE("WriteRecord makes its directory and replaces the record of a repeated execution") {
    const TempDir dir;
    const auto write_record = [&](const char* text) {
        return run<files::WriteRecord>({.directory = dir / "x/y", .text = text},
                                       {.info = {{"state_id", "s1"}}});
    };
    CHECK(write_record("one").output().record == "s1");
    CHECK(write_record("two").executed());
    CHECK(read(dir / "x/y/s1") == "two");
    CHECK(entries(dir.path / "x/y") == 1);  // no temporary file is left
}

TEST_CASE("WriteRecord refuses names that lead elsewhere") {
    const TempDir dir;
    for (const char* name : {"../x", "a/b", ".hidden", "a b", "\xC3\xA9"}) {
        CAPTURE(name);
        const auto outcome =
            run<files::WriteRecord>({.directory = dir.path, .text = "t", .record = name});
        CHECK_THAT(outcome.error, Catch::Contains("record"));
    }
    CHECK(entries(dir.path) == 0);
}

TEST_CASE("WriteRecord leaves nothing behind when it fails") {
    const TempDir dir;
    fs::create_directory(dir.path / "taken");
    const auto outcome =
        run<files::WriteRecord>({.directory = dir.path, .text = "t", .record = "taken"});
    CHECK(outcome.ending == Ending::errored);
    CHECK(entries(dir.path) == 1);
}

TEST_CASE("many writers of one record leave one whole record") {
    const TempDir dir;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            const std::string text(10'000, static_cast<char>('a' + i));
            for (int k = 0; k < 10; ++k) {
                run<files::WriteRecord>({.directory = dir / "r", .text = text, .record = "same"});
            }
        });
    }
    for (auto& thread : threads) thread.join();
    const std::string text = read(dir / "r/same");
    CHECK(text == std::string(10'000, text.empty() ? '?' : text.front()));
    CHECK(entries(dir.path / "r") == 1);
}

TEST_CASE("MergeCounts adds up all records and gives the most frequent words") {
    const TempDir dir;
    write(dir / "0", R"({"total": 4, "words": {"the":2,"cat":1}, "chunks": 2})");
    write(dir / "1", R"({"total": 3, "words": {"the":1,"ant":1}, "chunks": 2})");
    write(dir / ".tmp-1", "a half-written record of a crash");
    const auto out = run<files::MergeCounts>({.directory = dir.path, .top = "2"}).output();
    CHECK(out.total == "7");
    CHECK(out.distinct == "3");
    CHECK(out.records == "2");
    CHECK(out.top == R"([{"word":"the","count":3},{"word":"ant","count":1}])");
    CHECK(out.table == "3 the\n1 ant\n");
}

TEST_CASE("MergeCounts notices missing records and names bad ones") {
    const TempDir dir;
    const auto error = [&] { return run<files::MergeCounts>({.directory = dir.path}).error; };
    CHECK_THAT(run<files::MergeCounts>({.directory = dir / "none"}).error,
               Catch::Contains("No such file"));
    write(dir / "0", R"({"total": 4, "words": {}, "chunks": 2})");
    CHECK_THAT(error(), Catch::Contains("there are 1 records, not 2"));
    for (const char* bad :
         {"", "[]", R"({"total":"4","words":{}})", R"({"total":1,"words":[]})",
          R"({"total":1,"words":{"a":"1"}})", R"({"total":-1,"words":{}})",
          R"({"total":1,"words":{},"chunks":3})", "{\"total\":1,\"words\":{}} x"}) {
        CAPTURE(bad);
        write(dir / "bad", bad);
        CHECK_THAT(error(), Catch::Contains("record bad"));
    }
    write(dir / "bad", std::string(1'000'000, '['));  // deep nesting must not end the process
    CHECK_THAT(error(), Catch::Contains("record bad"));
}

TEST_CASE("the files plugin refuses a configuration that it does not understand") {
    using exosphere::testing::init;
    const TempDir dir;
    CHECK(init<files::CheckConfig>({}) == std::nullopt);
    CHECK(init<files::CheckConfig>({{"root", dir.path.string()}}) == std::nullopt);
    CHECK_THAT(init<files::CheckConfig>({{"rooot", "/srv"}}).value_or(""),
               Catch::Contains("no key \"rooot\""));
    CHECK_THAT(init<files::CheckConfig>({{"root", dir / "none"}}).value_or(""),
               Catch::Contains("No such file"));
    CHECK_THAT(init<files::CheckConfig>({{"root", "relative"}}).value_or(""),
               Catch::Contains("absolute"));
    CHECK_THAT(init<files::CheckConfig>({{"max_bytes", "many"}}).value_or(""),
               Catch::Contains("max_bytes"));
}
