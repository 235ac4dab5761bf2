// The SDK's version, and what a plugin was built with (for messages, never compared).
#pragma once

#define EXOSPHERE_SDK_VERSION "1.0.0"

#if defined(__clang__)
#define EXOSPHERE_DETAIL_COMPILER "clang " __clang_version__
#else
#define EXOSPHERE_DETAIL_COMPILER "g++ " __VERSION__
#endif

#if defined(__SANITIZE_ADDRESS__)
#define EXOSPHERE_DETAIL_SANITIZER ", address sanitizer"
#elif defined(__SANITIZE_THREAD__)
#define EXOSPHERE_DETAIL_SANITIZER ", thread sanitizer"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EXOSPHERE_DETAIL_SANITIZER ", address sanitizer"
#elif __has_feature(thread_sanitizer)
#define EXOSPHERE_DETAIL_SANITIZER ", thread sanitizer"
#endif
#endif
#ifndef EXOSPHERE_DETAIL_SANITIZER
#define EXOSPHERE_DETAIL_SANITIZER ""
#endif

namespace exosphere::detail {

inline constexpr const char* built_with = "exosphere-plugin-sdk " EXOSPHERE_SDK_VERSION
                                          ", " EXOSPHERE_DETAIL_COMPILER EXOSPHERE_DETAIL_SANITIZER;

}  // namespace exosphere::detail
