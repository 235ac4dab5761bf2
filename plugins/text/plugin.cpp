#include "text.hpp"

EXOSPHERE_PLUGIN("text", "1.0.0", text::Uppercase, text::SplitText, text::CountWords)
