// Text of bounded length, without the standard library's: WebAssembly would need all of it.
#pragma once

#include <cstddef>

namespace mm {

// What does not fit is left out.
class Text {
 public:
  Text& operator<<(const char* more) {
    for (; *more != 0 && length_ + 1 < sizeof chars_; ++more) chars_[length_++] = *more;
    chars_[length_] = 0;
    return *this;
  }
  const char* c_str() const { return chars_; }

 private:
  char chars_[1024] = {};
  size_t length_ = 0;
};

}  // namespace mm
