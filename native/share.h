// Shares a kernel call's outputs among threads.
#pragma once

#include <cstdint>

#include "parallel.h"

namespace mm {

// Work on [0, length) shared in multiples of `unit`; slice(args, from, to) gives a thread its part.
template <class Args>
struct Share {
  const Args& args;
  void (*kernel)(const Args&);
  Args (*slice)(const Args&, int64_t from, int64_t to);
  int64_t length, unit;
  int threads;

  static void task(void* context, int i) {
    const Share& s = *static_cast<const Share*>(context);
    const int64_t units = (s.length + s.unit - 1) / s.unit;
    const int64_t from = units * i / s.threads * s.unit;
    const int64_t end = units * (i + 1) / s.threads * s.unit;
    const int64_t to = end < s.length ? end : s.length;
    if (from < to) s.kernel(s.slice(s.args, from, to));
  }
};

// Returns -1, which is what a kernel returns that found no index out of range.
template <class Args>
int64_t share(const Args& args, void (*kernel)(const Args&),
              Args (*slice)(const Args&, int64_t, int64_t), int64_t length, int64_t unit,
              const Team& team) {
  Share<Args> s = {args, kernel, slice, length, unit, team.threads()};
  if (s.threads == 1) {
    kernel(args);
  } else {
    parallel(s.threads, Share<Args>::task, &s);
  }
  return -1;
}

template <class Args>
int64_t share(const Args& args, void (*kernel)(const Args&),
              Args (*slice)(const Args&, int64_t, int64_t), int64_t length, int64_t unit,
              int threads, double flops) {
  return share(args, kernel, slice, length, unit, Team(threads, flops));
}

// In double: an estimate must not overflow.
inline double work(int64_t rows, int64_t cols, double flops) {
  return static_cast<double>(rows) * static_cast<double>(cols) * flops;
}

}  // namespace mm
