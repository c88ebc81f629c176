// Threads behind one function: OpenMP when built with it, otherwise serial.
#pragma once

namespace mm {

// A parallel region costs 2-3 us on a quiet machine and 100 us and more when a core is taken; a core does about 100 FLOP/ns. So one thread
// per MFLOP (10 us), which means none below 2 MFLOP. Checks for races set it lower, so that every kernel is shared.
#if !defined(MM_FLOPS_PER_THREAD)
#define MM_FLOPS_PER_THREAD 1e6
#endif
constexpr double kFlopsPerThread = MM_FLOPS_PER_THREAD;
// The other kernels are counted in the FLOP they could have done instead: moving a word costs a core 0.15 ns within L2 (~27 GB/s).
constexpr double kFlopsPerWord = 15;
// exp, log and tanh: about 25 operations, two of them divisions, per lane.
constexpr double kFlopsPerTranscendental = 60;

// How many of `threads` are worth starting for `flops` of work.
int threadsFor(int threads, double flops);

// task(context, i) for i < n, each on a thread of its own (n == 1: on this one).
void parallel(int n, void (*task)(void*, int), void* context);

}  // namespace mm
