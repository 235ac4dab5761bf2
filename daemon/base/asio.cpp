// Boost.Asio is compiled here once (BOOST_ASIO_SEPARATE_COMPILATION); every other unit only sees
// declarations.
#include <boost/asio/impl/src.hpp>
