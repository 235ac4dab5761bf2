#include "net/tls.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <string>

namespace exo::net {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using Context = std::shared_ptr<ssl::context>;

base::Error bad_file(const char* what, const std::string& file, const error_code& error) {
    return base::fail("tls: cannot use " + std::string(what) + " file " + file + ": " +
                      error.message());
}

Context new_context(ssl::context::method method) {
    auto context = std::make_shared<ssl::context>(method);
    context->set_options(ssl::context::default_workarounds | ssl::context::no_compression);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    // A peer that just closes is told apart by HTTP's own lengths.
    SSL_CTX_set_options(context->native_handle(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    return context;
}

base::Result<> use_certificate(ssl::context& context, const std::string& cert_file,
                               const std::string& key_file) {
    error_code error;
    context.use_certificate_chain_file(cert_file, error);
    if (error) return bad_file("certificate", cert_file, error);
    context.use_private_key_file(key_file, ssl::context::pem, error);
    if (error) return bad_file("key", key_file, error);
    if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
        return base::fail("tls: the key in " + key_file +
                          " does not belong to the certificate in " + cert_file);
    }
    return {};
}

}  // namespace

base::Result<Context> tls_client_context(const TlsOptions& options) {
    if (options.cert_file.empty() != options.key_file.empty()) {
        return base::fail("tls: a client certificate needs both cert_file and key_file");
    }
    auto context = new_context(ssl::context::tls_client);
    context->set_verify_mode(ssl::verify_peer);
    error_code error;
    if (options.ca_file.empty()) {
        context->set_default_verify_paths(error);
        if (error) return base::fail("tls: the system's CA certificates: " + error.message());
    } else {
        context->load_verify_file(options.ca_file, error);
        if (error) return bad_file("CA", options.ca_file, error);
    }
    if (!options.cert_file.empty()) {
        if (auto used = use_certificate(*context, options.cert_file, options.key_file); !used) {
            return used.error();
        }
    }
    return context;
}

base::Result<Context> tls_server_context(const ServerOptions& options) {
    if (options.tls_cert_file.empty() != options.tls_key_file.empty()) {
        return base::fail("tls: a server needs both a certificate and a key file");
    }
    if (options.tls_cert_file.empty()) {
        if (!options.tls_client_ca_file.empty()) {
            return base::fail("tls: a CA file for clients needs a certificate and a key file");
        }
        return Context{};
    }
    auto context = new_context(ssl::context::tls_server);
    if (auto used = use_certificate(*context, options.tls_cert_file, options.tls_key_file); !used) {
        return used.error();
    }
    if (!options.tls_client_ca_file.empty()) {
        error_code error;
        context->load_verify_file(options.tls_client_ca_file, error);
        if (error) return bad_file("client CA", options.tls_client_ca_file, error);
        context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    }
    return context;
}

}  // namespace exo::net
