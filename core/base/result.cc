// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

#include <cerrno>
#include <system_error>

namespace nacelle {

std::string_view CodeName(Code code) {
  switch (code) {
    case Code::kInvalid: return "invalid";
    case Code::kNotFound: return "not found";
    case Code::kConflict: return "conflict";
    case Code::kDenied: return "denied";
    case Code::kUnavailable: return "unavailable";
    case Code::kInternal: return "internal";
  }
  return "unknown";
}

namespace {

Code CodeOfErrno(int number) {
  switch (number) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR: return Code::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS: return Code::kDenied;
    case EEXIST: return Code::kConflict;
    case EINVAL:
    case ENAMETOOLONG:
    case ELOOP: return Code::kInvalid;
    default: return Code::kUnavailable;
  }
}

}  // namespace

Error ErrnoError(int number, std::string_view subject) {
  // system_category, because strerror is not thread-safe.
  return Error(CodeOfErrno(number),
               std::string(subject) + ": " + std::system_category().message(number));
}

}  // namespace nacelle
