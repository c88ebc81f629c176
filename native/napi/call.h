// One call of `run`: its integers, its buffers, and the checks between them and the kernels.
#pragma once

#include <node_api.h>

#include <cstdint>

#include "../command.h"

namespace mm {

// What a copy of the package owns in one environment (main thread or worker).
struct AddonData {
  const KernelTable* kernels;
  int threads;                // asked for
  int usable;                 // of them, those that there are
  int32_t* control;           // the memory behind `exports.control` ...
  napi_ref controlReference;  // ... or, where the host allows no external memory, null and a
                              // reference to a buffer of its own
};

constexpr int kControlWords = 64;
constexpr int kOperands = 9;

// The words from `low` to `high` (exclusive) of an operand, relative to its offset.
struct Extent {
  int64_t low, high;
};

class Call {
 public:
  Call(napi_env env, const char* kernel, const int32_t* control, const napi_value* buffers)
      : env_(env), kernel_(kernel), control_(control), buffers_(buffers) {}

  // A word of `control` that must not be negative.
  int64_t size(int word, const char* name) {
    if (control_[word] < 0) fail("expected a size of 0 or more", name);
    return control_[word];
  }
  int64_t number(int word) const { return control_[word]; }
  float scalar(int word) const;
  // A word of `control` below `count`: the number of an operation.
  template <class Enum>
  Enum choice(int word, const char* name) {
    return static_cast<Enum>(limited(word, static_cast<int32_t>(Enum::kCount), name));
  }

  Extent contiguous(int64_t rows, int64_t cols);
  Extent strided(int rank, const int64_t* shape, const int64_t* strides);

  // The operand in buffer `buffer` at the offset in `control[word]`; null (and an exception) unless
  // every word of `extent` lies in the buffer. Call it after every integer has been read: `run`
  // must not touch JavaScript between here and the kernel.
  void* operand(int buffer, int word, const char* name, Extent extent);

  // `operand` for indices that a kernel reads: in memory that no other thread can write between
  // their check and their use.
  const int32_t* indices(int buffer, int word, const char* name, Extent extent);

  // Indices must not be written by the kernel that has checked them.
  void mustNotOverlap(const void* out, Extent outExtent, const void* index, Extent indexExtent,
                      const char* name);

  void fail(const char* what, const char* name);
  bool ok() const { return ok_; }

 private:
  int32_t limited(int word, int32_t count, const char* name);

  napi_env env_;
  const char* kernel_;
  const int32_t* control_;
  const napi_value* buffers_;
  bool ok_ = true;
};

// Checks a call of kernel number `kernel` and makes a command of it. False: nothing to compute, or
// an exception is pending.
bool prepare(napi_env env, int32_t kernel, const int32_t* control, const napi_value* buffers,
             Command& command);

}  // namespace mm
