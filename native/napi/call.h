// One call of `run`: its arguments, read in the order of the kernel table (lib/backend/
// kernel-table.ts), and the checks between them and the kernels.
#pragma once

#include <node_api.h>

#include <cstdint>

#include "../command.h"
#include "text.h"

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

// The operations, in the order of their numbers.
inline const char* names(UnaryOp) {
  return ""
#define MM_UNARY(Op, cost) " " #Op
#include "../kernels.def"
      ;
}
inline const char* names(BinaryOp) {
  return ""
#define MM_BINARY(Op, cost) " " #Op
#include "../kernels.def"
      ;
}
inline const char* names(Activation) { return " None Tanh"; }

class Call {
 public:
  // `control`: the offsets of kOperands operands, then all other arguments.
  Call(napi_env env, const char* kernel, const int32_t* control, const napi_value* buffers)
      : env_(env), kernel_(kernel), control_(control), buffers_(buffers) {}

  // A call that only collects the names of the arguments, in the order in which they are read:
  // every value is 1, and operands are not checked.
  struct Names {
    Text operands, values;
  };
  explicit Call(Names& names);

  // The next argument that is not an operand, as one of five types: a size is 0 or more, a flag is
  // true unless 0, a choice is a value of an enum.
  int64_t size(const char* name) {
    const int32_t n = next(name);
    if (n < 0) fail("expected a size of 0 or more", name);
    return n;
  }
  int64_t whole(const char* name) { return next(name); }
  float real(const char* name);
  bool flag(const char* name) { return next(name) != 0; }
  template <class Enum>
  Enum choice(const char* name) {
    return static_cast<Enum>(limited(name, static_cast<int32_t>(Enum::kCount), names(Enum{})));
  }
  // A list of sizes (or of strides): writes at most kMaxRank of them to `to`, returns the number.
  int sizes(const char* name, int64_t* to);
  int wholes(const char* name, int64_t* to);

  Extent contiguous(int64_t rows, int64_t cols);
  Extent strided(int rank, const int64_t* shape, const int64_t* strides);

  // The next operand; null, and an exception, unless every word of `extent` lies in its buffer.
  // Ask for operands after all other arguments: `run` must not touch JavaScript between here and
  // the kernel.
  float* operand(const char* name, Extent extent);

  // The next operand, or null if there is none.
  float* optional(const char* name, Extent extent);

  // The next operand, of indices that a kernel reads: in memory that no other thread can write
  // between their check and their use.
  const int32_t* indices(const char* name, Extent extent);

  // Indices must not be written by the kernel that has checked them.
  void mustNotOverlap(const void* out, Extent outExtent, const void* index, Extent indexExtent,
                      const char* name);

  void fail(const char* what, const char* name);
  bool ok() const { return ok_; }

 private:
  int32_t next(const char* name) { return names_ == nullptr ? control_[word_++] : named(name); }
  int32_t named(const char* name);
  int32_t limited(const char* name, int32_t count, const char* choices);

  napi_env env_;
  const char* kernel_;
  const int32_t* control_;
  const napi_value* buffers_;
  int word_ = kOperands, operand_ = 0;
  bool ok_ = true;
  Names* names_ = nullptr;
};

// Checks a call of kernel number `kernel` and makes a command of it. False: nothing to compute, or
// an exception is pending.
bool prepare(napi_env env, int32_t kernel, const int32_t* control, const napi_value* buffers,
             Command& command);

// A kernel and its arguments, as the border reads them: "fill out | n value".
Text signature(int32_t kernel);

}  // namespace mm
