#include "worker/lifecycle.hpp"

namespace exo::worker {

std::string_view to_string(Phase phase) {
    switch (phase) {
        case Phase::registered:
            return "Registered";
        case Phase::ready:
            return "Ready";
        case Phase::validate_inputs:
            return "Executing/ValidateInputs";
        case Phase::process_data:
            return "Executing/ProcessData";
        case Phase::validate_outputs:
            return "Executing/ValidateOutputs";
        case Phase::completed:
            return "Completed";
        case Phase::failed:
            return "Failed";
    }
    return "?";
}

bool is_executing(Phase phase) {
    return phase == Phase::validate_inputs || phase == Phase::process_data ||
           phase == Phase::validate_outputs;
}

std::optional<Phase> next(Phase phase, Event event) {
    const auto on = [&](Event expected, Phase to) -> std::optional<Phase> {
        return event == expected ? std::optional(to) : std::nullopt;
    };
    switch (phase) {
        case Phase::registered:
            return on(Event::accepted, Phase::ready);
        case Phase::ready:
            return on(Event::claimed, Phase::validate_inputs);
        case Phase::validate_inputs:
            if (event == Event::inputs_invalid) return Phase::failed;
            return on(Event::inputs_valid, Phase::process_data);
        case Phase::process_data:
            if (event == Event::threw) return Phase::failed;
            return on(Event::returned, Phase::validate_outputs);
        case Phase::validate_outputs:
            if (event == Event::outputs_invalid) return Phase::failed;
            return on(Event::outputs_valid, Phase::completed);
        case Phase::completed:
        case Phase::failed:
            return on(Event::reset, Phase::ready);
    }
    return std::nullopt;
}

}  // namespace exo::worker
