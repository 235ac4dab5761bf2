// Whether a text is a cron expression as croniter reads them: 5 fields, a sixth for seconds, a
// seventh for years, names, ranges, steps, lists, @aliases. Pure; any thread.
#pragma once

#include <string_view>

namespace exo::embedded {

bool is_cron_expression(std::string_view expression);

}  // namespace exo::embedded
