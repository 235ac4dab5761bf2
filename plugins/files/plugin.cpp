#include "files.hpp"

EXOSPHERE_PLUGIN("files", "1.0.0", files::CheckConfig, files::ReadFile, files::WriteRecord,
                 files::MergeCounts)
