// Boost.Beast and Asio's SSL part are compiled here once (BOOST_BEAST_SEPARATE_COMPILATION,
// BOOST_ASIO_SEPARATE_COMPILATION); every other unit only sees declarations.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
