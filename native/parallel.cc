#include "parallel.h"

// Checks for races need threads that their tool understands: valgrind knows nothing of OpenMP's.
#if defined(MM_STD_THREADS)
#include <thread>
#include <vector>
#endif

namespace mm {

int threadsFor(int threads, double flops) {
  if (threads == 1 || flops < 2 * kFlopsPerThread) return 1;
  const double useful = flops / kFlopsPerThread;
  return useful < threads ? static_cast<int>(useful) : threads;
}

void parallel(int n, void (*task)(void*, int), void* context) {
  if (n == 1) {
    task(context, 0);
    return;
  }
#if defined(MM_STD_THREADS)
  std::vector<std::thread> others;
  for (int i = 1; i < n; ++i) others.emplace_back(task, context, i);
  task(context, 0);
  for (std::thread& other : others) other.join();
#else
  // The clause, never omp_set_num_threads: another environment's number of threads is not ours to change.
#if defined(_OPENMP)
#pragma omp parallel for num_threads(n) schedule(static, 1)
#endif
  for (int i = 0; i < n; ++i) task(context, i);
#endif
}

}  // namespace mm
