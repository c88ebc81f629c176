#include "call.h"

#include <cstdio>
#include <cstring>

namespace mm {

void Call::fail(const char* what, const char* name) {
  if (!ok_) return;  // the first mistake is the one to report
  ok_ = false;
  char message[160];
  std::snprintf(message, sizeof message, "%s: %s: %s", kernel_, name, what);
  napi_throw_error(env_, "ERR_MM_BOUNDS", message);
}

int32_t Call::limited(int word, int32_t count, const char* name) {
  if (control_[word] >= 0 && control_[word] < count) return control_[word];
  fail("no such operation", name);
  return 0;
}

float Call::scalar(int word) const {
  float value;
  std::memcpy(&value, &control_[word], sizeof value);
  return value;
}

Extent Call::contiguous(int64_t rows, int64_t cols) {
  // Two sizes below 2^31: the product cannot overflow.
  return {0, rows * cols};
}

Extent Call::strided(int rank, const int64_t* shape, const int64_t* strides) {
  Extent e = {0, 1};
  for (int d = 0; d < rank; ++d) {
    if (shape[d] == 0) return {0, 0};
    // Below 2^62 each, and at most kMaxRank of them: stop before the sum can overflow.
    const int64_t reach = (shape[d] - 1) * strides[d];
    (reach < 0 ? e.low : e.high) += reach;
    if (e.low < -(int64_t{1} << 60) || e.high > (int64_t{1} << 60)) {
      fail("strides reach too far", "shape");
      return {0, 0};
    }
  }
  return e;
}

void* Call::operand(int buffer, int word, const char* name, Extent extent) {
  if (!ok_) return nullptr;
  void* data = nullptr;
  size_t bytes = 0;
  if (napi_get_arraybuffer_info(env_, buffers_[buffer], &data, &bytes) != napi_ok) {
    fail("expected an ArrayBuffer", name);
    return nullptr;
  }
  const int64_t words = static_cast<int64_t>(bytes / sizeof(float));
  const int64_t offset = control_[word];
  if (offset + extent.low < 0 || offset + extent.high > words) {
    fail(bytes == 0 ? "its buffer is empty or detached" : "reaches outside its buffer", name);
    return nullptr;
  }
  if (reinterpret_cast<uintptr_t>(data) % sizeof(float) != 0) {
    fail("its buffer is not aligned to 4 bytes", name);
    return nullptr;
  }
  return static_cast<float*>(data) + offset;
}

const int32_t* Call::indices(int buffer, int word, const char* name, Extent extent) {
  bool own = false;
  // From Node 22 on shared memory passes for an ArrayBuffer elsewhere.
  if (napi_is_arraybuffer(env_, buffers_[buffer], &own) == napi_ok && !own)
    fail("expected an ArrayBuffer that is not shared", name);
  return static_cast<const int32_t*>(operand(buffer, word, name, extent));
}

void Call::mustNotOverlap(const void* out, Extent outExtent, const void* index, Extent indexExtent,
                          const char* name) {
  if (!ok_) return;
  const auto* o = static_cast<const float*>(out);
  const auto* i = static_cast<const float*>(index);
  if (o + outExtent.low < i + indexExtent.high && i + indexExtent.low < o + outExtent.high)
    fail("overlaps the indices", name);
}

}  // namespace mm
