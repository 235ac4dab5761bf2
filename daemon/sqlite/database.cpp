#include "sqlite/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace exo::sqlite {

namespace {

[[noreturn]] void raise(sqlite3* handle, int code, std::string_view sql) {
    std::string text = "sqlite: ";
    text += handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    text += " (" + std::to_string(code) + ")";
    if (!sql.empty()) {
        text += " in: ";
        text += sql.substr(0, 200);
    }
    throw Failure(code, text);
}

// SQLite would create the file by the umask; a database of ours is readable by its owner only.
base::Result<> create_private_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return base::fail("open database " + path + ": " + std::strerror(errno));
    }
    ::close(fd);
    return {};
}

}  // namespace

// ---- Query

Query::~Query() {
    if (statement_ != nullptr) {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
}

void Query::check(int code) const {
    if (code != SQLITE_OK) {
        raise(sqlite3_db_handle(statement_), code, sqlite3_sql(statement_));
    }
}

Query& Query::bind(std::int64_t value) {
    check(sqlite3_bind_int64(statement_, next_parameter_++, value));
    return *this;
}

Query& Query::bind(std::string_view text) {
    // A null pointer would bind NULL, and an empty view may hold one.
    check(sqlite3_bind_text64(statement_, next_parameter_++, text.empty() ? "" : text.data(),
                              text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Query& Query::bind_blob(std::string_view bytes) {
    check(sqlite3_bind_blob64(statement_, next_parameter_++, bytes.empty() ? "" : bytes.data(),
                              bytes.size(), SQLITE_TRANSIENT));
    return *this;
}

Query& Query::bind_null() {
    check(sqlite3_bind_null(statement_, next_parameter_++));
    return *this;
}

bool Query::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    raise(sqlite3_db_handle(statement_), code, sqlite3_sql(statement_));
}

void Query::run() {
    while (step()) {
    }
}

Query& Query::again() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    next_parameter_ = 1;
    return *this;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Query::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr
               ? std::string()
               : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<std::int64_t> Query::optional_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::string> Query::optional_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
}

// ---- Database

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void Database::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Database::Database(Database&&) noexcept = default;
Database::~Database() = default;

Database& Database::operator=(Database&& other) noexcept {
    statements_ = std::move(other.statements_);
    handle_ = std::move(other.handle_);
    statements_run_ = std::move(other.statements_run_);
    return *this;
}

base::Result<Database> Database::open(const std::string& path, OpenOptions options) {
    if (auto created = create_private_file(path); !created) {
        return created.error();
    }
    Database database;
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    database.handle_.reset(handle);
    if (code != SQLITE_OK) {
        return base::fail("open database " + path + ": " + sqlite3_errstr(code));
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout.count()));
    try {
        database.execute("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;");
        database.execute(options.synchronous == Synchronous::full ? "PRAGMA synchronous = FULL"
                                                                  : "PRAGMA synchronous = NORMAL");
    } catch (const Failure& failure) {
        return base::fail("open database " + path + ": " + failure.what());
    }
    return database;
}

void Database::execute(const std::string& sql) {
    ++*statements_run_;
    const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        raise(handle_.get(), code, sql);
    }
}

Query Database::query(std::string_view sql) {
    ++*statements_run_;
    if (auto found = statements_.find(sql); found != statements_.end()) {
        if (sqlite3_stmt_busy(found->second.get()) != 0) {
            throw Failure(SQLITE_MISUSE, "sqlite: statement is in use: " + found->first);
        }
        return Query(found->second.get());
    }
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
        raise(handle_.get(), code, sql);
    }
    statements_.emplace(std::string(sql), Statement(statement));
    return Query(statement);
}

std::int64_t Database::last_insert_rowid() const {
    return sqlite3_last_insert_rowid(handle_.get());
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

int Database::schema_version() {
    auto query = this->query("PRAGMA user_version");
    query.step();
    return static_cast<int>(query.integer(0));
}

void Database::set_schema_version(int version) {
    execute("PRAGMA user_version = " + std::to_string(version));
}

std::string Database::quick_check() {
    auto query = this->query("PRAGMA quick_check(1)");
    return query.step() ? query.text(0) : "no answer";
}

// ---- Transaction, Savepoint

Transaction::Transaction(Database& database) : database_(&database) {
    database.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    // SQLite may have rolled back by itself (full disk); a failing ROLLBACK has nothing to undo.
    if (database_ != nullptr && database_->in_transaction()) {
        try {
            database_->execute("ROLLBACK");
        } catch (const Failure&) {
        }
    }
}

void Transaction::commit() {
    database_->query("COMMIT").run();
    database_ = nullptr;
}

Savepoint::Savepoint(Database& database) : database_(&database) {
    database.query("SAVEPOINT unit").run();
}

Savepoint::~Savepoint() {
    if (database_ != nullptr && database_->in_transaction()) {
        try {
            database_->query("ROLLBACK TO unit").run();
            database_->query("RELEASE unit").run();
        } catch (const Failure&) {
        }
    }
}

void Savepoint::release() {
    database_->query("RELEASE unit").run();
    database_ = nullptr;
}

}  // namespace exo::sqlite
