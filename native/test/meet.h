#pragma once

#include <sched.h>

#include <atomic>

namespace mm::test {

// Tasks that run at the same time, each on a thread of its own: none goes on before all have begun.
class Meeting {
 public:
  explicit Meeting(int tasks) : tasks_(tasks) {}

  void meet() {
    begun_.fetch_add(1, std::memory_order_relaxed);
    while (begun_.load(std::memory_order_relaxed) < tasks_) sched_yield();
  }

 private:
  const int tasks_;
  std::atomic<int> begun_{0};
};

}  // namespace mm::test
