/* A second exported name for a function, so that no other allocator's function stays reachable by it. */
#ifndef FT_API_ALIAS_H
#define FT_API_ALIAS_H

#include "base/attributes.h"

#if defined(__has_attribute) && __has_attribute(copy)
#define FT_ALIAS_OF(function) FT_EXPORT __attribute__((alias(#function), copy(function)))
#else
#define FT_ALIAS_OF(function) FT_EXPORT __attribute__((alias(#function)))
#endif

#endif
