// The C functions behind exo_host, as abi.h describes them. [tags] are there.
#pragma once

#include "exosphere/abi.h"

namespace exo::plugin {

// A table with every function set.
exo_host host_functions();

}  // namespace exo::plugin
