#include "sqlite/database.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

using namespace exo;

namespace {

// A directory of its own that is gone afterwards.
struct TempDir {
    std::string path;
    TempDir() {
        char name[] = "/tmp/exo-sqlite-XXXXXX";
        path = ::mkdtemp(name);
    }
    ~TempDir() { std::filesystem::remove_all(path); }
};

sqlite::Database open(const std::string& path) {
    return sqlite::Database::open(path, sqlite::OpenOptions{}).value();
}

}  // namespace

TEST_CASE("a database file is private, in WAL mode and keeps what was committed") {
    TempDir dir;
    const auto file = dir.path + "/a.db";
    {
        auto db = open(file);
        db.execute("CREATE TABLE t(a INTEGER, b TEXT)");
        sqlite::Transaction transaction(db);
        db.query("INSERT INTO t VALUES(?, ?)").bind_all(7, std::string_view("x\0y", 3)).run();
        transaction.commit();
    }
    struct stat info {};
    REQUIRE(::stat(file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    auto db = open(file);
    auto query = db.query("SELECT a, b FROM t");
    REQUIRE(query.step());
    CHECK(query.integer(0) == 7);
    CHECK(query.text(1) == std::string("x\0y", 3));
    CHECK_FALSE(query.step());
    auto mode = db.query("PRAGMA journal_mode");
    mode.step();
    CHECK(mode.text(0) == "wal");
}

TEST_CASE("a transaction that is not committed leaves nothing behind") {
    TempDir dir;
    auto db = open(dir.path + "/a.db");
    db.execute("CREATE TABLE t(a INTEGER)");
    {
        sqlite::Transaction transaction(db);
        db.query("INSERT INTO t VALUES(1)").run();
        CHECK(db.in_transaction());
    }
    CHECK_FALSE(db.in_transaction());
    CHECK_FALSE(db.query("SELECT a FROM t").step());
}

TEST_CASE("a savepoint undoes its own part of a transaction only") {
    TempDir dir;
    auto db = open(dir.path + "/a.db");
    db.execute("CREATE TABLE t(a INTEGER)");
    sqlite::Transaction transaction(db);
    {
        sqlite::Savepoint kept(db);
        db.query("INSERT INTO t VALUES(?)").bind(1).run();
        kept.release();
    }
    {
        sqlite::Savepoint dropped(db);
        db.query("INSERT INTO t VALUES(?)").bind(2).run();
    }
    transaction.commit();
    auto query = db.query("SELECT sum(a), count(*) FROM t");
    REQUIRE(query.step());
    CHECK(query.integer(0) == 1);
    CHECK(query.integer(1) == 1);
}

TEST_CASE("a prepared statement can be used again with other parameters, and NULL is not empty") {
    TempDir dir;
    auto db = open(dir.path + "/a.db");
    db.execute("CREATE TABLE t(a TEXT)");
    auto insert = db.query("INSERT INTO t VALUES(?)");
    insert.bind(std::string_view()).run();
    insert.again().bind(std::optional<std::string>()).run();
    CHECK(db.changes() == 1);
    auto query = db.query("SELECT a FROM t ORDER BY rowid");
    REQUIRE(query.step());
    CHECK(query.optional_text(0) == "");
    REQUIRE(query.step());
    CHECK(query.optional_text(0) == std::nullopt);
}

TEST_CASE("using one statement twice at a time is a bug that is reported") {
    TempDir dir;
    auto db = open(dir.path + "/a.db");
    db.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1), (2)");
    auto first = db.query("SELECT a FROM t");
    REQUIRE(first.step());
    CHECK_THROWS_AS(db.query("SELECT a FROM t"), sqlite::Failure);
}

TEST_CASE("a failing statement names itself but no bound value") {
    TempDir dir;
    auto db = open(dir.path + "/a.db");
    db.execute("CREATE TABLE t(a TEXT UNIQUE)");
    db.query("INSERT INTO t VALUES(?)").bind("hidden").run();
    try {
        db.query("INSERT INTO t VALUES(?)").bind("hidden").run();
        FAIL("the second insert should have thrown");
    } catch (const sqlite::Failure& failure) {
        const std::string text = failure.what();
        CHECK(text.find("INSERT INTO t") != std::string::npos);
        CHECK(text.find("hidden") == std::string::npos);
    }
}

TEST_CASE("a path that cannot be opened is an error that names it") {
    auto db = sqlite::Database::open("/nonexistent-dir/a.db", sqlite::OpenOptions{});
    REQUIRE_FALSE(db.has_value());
    CHECK(db.error().message == "open database /nonexistent-dir/a.db: No such file or directory");
}

TEST_CASE("a file that is no database is an error, not a crash") {
    TempDir dir;
    const auto file = dir.path + "/a.db";
    {
        std::FILE* out = std::fopen(file.c_str(), "w");
        for (int i = 0; i < 1000; ++i) {
            std::fputs("not a database ", out);
        }
        std::fclose(out);
    }
    auto db = sqlite::Database::open(file, sqlite::OpenOptions{});
    REQUIRE_FALSE(db.has_value());
    CHECK(db.error().message.find("file is not a database") != std::string::npos);
}

TEST_CASE("the schema version is kept in the file") {
    TempDir dir;
    {
        auto db = open(dir.path + "/a.db");
        CHECK(db.schema_version() == 0);
        db.set_schema_version(3);
    }
    auto db = open(dir.path + "/a.db");
    CHECK(db.schema_version() == 3);
    CHECK(db.quick_check() == "ok");
}
