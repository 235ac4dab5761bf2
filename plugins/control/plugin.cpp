#include "control.hpp"

EXOSPHERE_PLUGIN("control", "1.0.0", control::Gate, control::WaitUntil, control::Fail)
