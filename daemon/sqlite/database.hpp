// A SQLite database in WAL mode, its prepared statements and its transactions, as RAII. One
// Database belongs to one thread at a time; statements and transactions must not outlive it.
//
// Opening returns a Result. After that a statement fails only for a bug or for a broken or full
// disk, so everything else throws sqlite::Failure; callers fence it where they can answer for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace exo::sqlite {

// "sqlite: disk I/O error (10) in: INSERT INTO ...". Never holds a bound value.
class Failure : public std::runtime_error {
  public:
    Failure(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
    int code() const { return code_; }  // extended SQLite result code

  private:
    int code_;
};

// normal: a commit survives a crash of the process; full: also a loss of power.
enum class Synchronous { normal, full };

struct OpenOptions {
    Synchronous synchronous = Synchronous::full;
    std::chrono::milliseconds busy_timeout{5'000};
};

// One use of a prepared statement: bind, step, read columns. Resets the statement when it goes out
// of scope; a statement can be in use once at a time.
class Query {
  public:
    Query(Query&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Query& operator=(Query&&) = delete;
    ~Query();

    // Parameters in order, ?1 first. Text and blobs are copied.
    Query& bind(std::int64_t value);
    Query& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
    Query& bind(std::string_view text);
    Query& bind(const char* text) { return bind(std::string_view(text)); }
    Query& bind(const std::string& text) { return bind(std::string_view(text)); }
    Query& bind_blob(std::string_view bytes);
    Query& bind_null();
    template <class T>
    Query& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bind_null();
    }
    template <class... T>
    Query& bind_all(const T&... values) {
        (bind(values), ...);
        return *this;
    }

    bool step();  // true: a row is there
    void run();   // for statements that give no row
    // Makes the query ready for the next set of parameters.
    Query& again();

    std::int64_t integer(int column) const;
    std::string text(int column) const;  // also the bytes of a blob; empty for NULL
    bool is_null(int column) const;
    std::optional<std::int64_t> optional_integer(int column) const;
    std::optional<std::string> optional_text(int column) const;

  private:
    friend class Database;
    explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
    void check(int code) const;
    sqlite3_stmt* statement_;
    int next_parameter_ = 1;
};

class Database {
  public:
    // Creates the file (mode 0600) if it is not there; WAL, foreign keys on, busy timeout.
    static base::Result<Database> open(const std::string& path, OpenOptions options);
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    void execute(const std::string& sql);  // one or more statements without parameters
    // Prepared on first use and kept; `sql` must be one statement.
    Query query(std::string_view sql);

    std::int64_t last_insert_rowid() const;
    std::int64_t changes() const;  // rows changed by the last INSERT, UPDATE or DELETE
    bool in_transaction() const;
    std::uint64_t statements_run() const { return *statements_run_; }  // for tests of cost

    // PRAGMA user_version.
    int schema_version();
    void set_schema_version(int version);
    // "ok", or what PRAGMA quick_check found.
    std::string quick_check();

  private:
    Database() = default;
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

    // Members in this order: statements are finalized before the handle is closed.
    std::unique_ptr<sqlite3, Close> handle_;
    std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
    std::unique_ptr<std::uint64_t> statements_run_ = std::make_unique<std::uint64_t>(0);
};

// BEGIN IMMEDIATE; rolled back when it goes out of scope without commit().
class Transaction {
  public:
    explicit Transaction(Database& database);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

  private:
    Database* database_;
};

// A nested unit inside a transaction: undone alone when it goes out of scope without release().
class Savepoint {
  public:
    explicit Savepoint(Database& database);
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;
    ~Savepoint();
    void release();

  private:
    Database* database_;
};

}  // namespace exo::sqlite
