// The tables of the embedded state manager, and how older files are brought up to date. Each step
// is applied once, in order; a step that has been released is never changed.
#pragma once

#include "base/error.hpp"
#include "sqlite/database.hpp"

namespace exo::embedded {

// Refuses a file of a newer version.
base::Result<> migrate(sqlite::Database& database);

}  // namespace exo::embedded
