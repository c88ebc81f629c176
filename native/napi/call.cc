#include "call.h"

#include <cstring>

namespace mm {

void Call::fail(const char* what, const char* name) {
  if (!ok_) return;  // the first mistake is the one to report
  ok_ = false;
  Text message;
  message << kernel_ << ": " << name << ": " << what;
  napi_throw_error(env_, "ERR_MM_BOUNDS", message.c_str());
}

Call::Call(Names& names) : Call(nullptr, "", nullptr, nullptr) { names_ = &names; }

int32_t Call::named(const char* name) {
  names_->values << " " << name;
  return 1;
}

int32_t Call::limited(const char* name, int32_t count, const char* choices) {
  const int32_t n = next(name);
  if (names_ != nullptr) names_->values << " (" << choices + 1 << ")";
  if (n >= 0 && n < count) return n;
  fail("no such operation", name);
  return 0;
}

float Call::real(const char* name) {
  const int32_t bits = next(name);
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

int Call::wholes(const char* name, int64_t* to) {
  const int32_t rank = next(name);
  if (names_ != nullptr) {
    to[0] = 1;
    return 1;
  }
  const int32_t* from = control_ + word_;
  word_ += kMaxRank;
  if (rank < 0 || rank > kMaxRank) {
    fail("expected 0 to 8 dimensions", name);
    return 0;
  }
  for (int d = 0; d < rank; ++d) to[d] = from[d];
  return rank;
}

int Call::sizes(const char* name, int64_t* to) {
  const int rank = wholes(name, to);
  for (int d = 0; d < rank; ++d) {
    if (to[d] < 0) fail("expected a size of 0 or more", name);
  }
  return rank;
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

float* Call::operand(const char* name, Extent extent) {
  if (!ok_) return nullptr;
  if (names_ != nullptr) {
    static float word;
    names_->operands << " " << name;
    return &word;
  }
  const int i = operand_++;
  void* data = nullptr;
  size_t bytes = 0;
  if (napi_get_arraybuffer_info(env_, buffers_[i], &data, &bytes) != napi_ok) {
    fail("expected an ArrayBuffer", name);
    return nullptr;
  }
  const int64_t words = static_cast<int64_t>(bytes / sizeof(float));
  const int64_t offset = control_[i];
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

float* Call::optional(const char* name, Extent extent) {
  if (names_ != nullptr || control_[operand_] != -1) return operand(name, extent);
  ++operand_;
  return nullptr;
}

const int32_t* Call::indices(const char* name, Extent extent) {
  bool own = false;
  // From Node 22 on shared memory passes for an ArrayBuffer elsewhere.
  if (names_ == nullptr && napi_is_arraybuffer(env_, buffers_[operand_], &own) == napi_ok && !own)
    fail("expected an ArrayBuffer that is not shared", name);
  return reinterpret_cast<const int32_t*>(operand(name, extent));
}

void Call::mustNotOverlap(const void* out, Extent outExtent, const void* index, Extent indexExtent,
                          const char* name) {
  if (!ok_ || names_ != nullptr) return;
  const auto* o = static_cast<const float*>(out);
  const auto* i = static_cast<const float*>(index);
  if (o + outExtent.low < i + indexExtent.high && i + indexExtent.low < o + outExtent.high)
    fail("overlaps the indices", name);
}

}  // namespace mm
