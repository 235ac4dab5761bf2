// What an HTTP answer of a state manager means for the worker. Pure; any thread.
#pragma once

#include <boost/system/result.hpp>
#include <string_view>

#include "net/http_types.hpp"
#include "worker/ports.hpp"

namespace exo::remote {

// A 2xx is `accepted` here; whether its body has the shape that the call expects is the caller's to
// check, see not_ours(). Only an answer that a state manager would give ({"detail":...}) is taken
// for a definite no: a proxy's error page, also one with 404, says nothing about the state.
worker::Answer judge(const boost::system::result<net::Response, net::TransportError>& answer);

// For a 2xx that is none of ours: a proxy's login page, another service.
worker::Answer not_ours(const net::Response& response);

}  // namespace exo::remote
