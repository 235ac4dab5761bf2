#include "protocol/routes.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "net/uri.hpp"

namespace exo::protocol {

Routes::Routes(std::string_view namespace_name)
    : base_("/v0/namespace/" + net::percent_encode_segment(namespace_name)),
      nodes_(base_ + "/nodes/"),
      enqueue_(base_ + "/states/enqueue") {}

std::string Routes::report(const model::StateId& state, const model::Outcome& outcome) const {
    return base_ + "/state/" + net::percent_encode_segment(state.str()) + "/" +
           std::string(model::kind_of(outcome));
}

std::string Routes::secrets(const model::StateId& state) const {
    return base_ + "/state/" + net::percent_encode_segment(state.str()) + "/secrets";
}

std::string new_request_id() {
    // Seeded once from the system; ids need to be unique, not secret.
    thread_local boost::uuids::random_generator_mt19937 generator;
    return boost::uuids::to_string(generator());
}

}  // namespace exo::protocol
