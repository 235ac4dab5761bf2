#include "support/test_ca.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>

namespace exo::test {
namespace {

struct Free {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
    void operator()(std::FILE* p) const { std::fclose(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void check(bool good, const char* what) {
    if (!good) throw std::runtime_error(std::string("test CA: ") + what);
}

Owned<EVP_PKEY> new_key() {
    Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    check(key != nullptr, "key");
    return key;
}

void add_extension(X509* cert, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
    const Owned<X509_EXTENSION> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    check(extension && X509_add_ext(cert, extension.get(), -1) == 1, value.c_str());
}

// Valid for an hour.
Owned<X509> new_certificate(const std::string& common_name, EVP_PKEY* key) {
    static long serial = 1;
    Owned<X509> cert(X509_new());
    X509_set_version(cert.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
    X509_set_pubkey(cert.get(), key);
    auto* subject = X509_get_subject_name(cert.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    return cert;
}

void write_certificate(const std::string& path, X509* cert) {
    const Owned<std::FILE> file(std::fopen(path.c_str(), "w"));
    check(file && PEM_write_X509(file.get(), cert) == 1, path.c_str());
}

void write_key(const std::string& path, EVP_PKEY* key) {
    const Owned<std::FILE> file(std::fopen(path.c_str(), "w"));
    check(file && PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          path.c_str());
}

}  // namespace

struct TestCa::Keys {
    Owned<EVP_PKEY> key = new_key();
    Owned<X509> cert = new_certificate("exosphere test CA", key.get());
};

TestCa::TestCa() : keys_(std::make_unique<Keys>()) {
    auto* cert = keys_->cert.get();
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(cert, cert, NID_key_usage, "critical,keyCertSign");
    check(X509_sign(cert, keys_->key.get(), EVP_sha256()) > 0, "sign");
    write_certificate(ca_file(), cert);
}

TestCa::~TestCa() = default;

TestCa::Files TestCa::issue(const std::string& name, const std::string& subject) const {
    const auto key = new_key();
    const auto cert = new_certificate(name, key.get());
    X509_set_issuer_name(cert.get(), X509_get_subject_name(keys_->cert.get()));
    add_extension(cert.get(), keys_->cert.get(), NID_subject_alt_name, subject);
    check(X509_sign(cert.get(), keys_->key.get(), EVP_sha256()) > 0, "sign");
    Files files{directory_.file(name + ".pem"), directory_.file(name + ".key")};
    write_certificate(files.cert, cert.get());
    write_key(files.key, key.get());
    return files;
}

}  // namespace exo::test
