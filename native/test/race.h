#pragma once

namespace mm::test {

// Two threads run the whole of one kernel call (fill, copy, sum, sgd, gemm) on the same output, and
// nothing else is wrong: what a tool that looks for races must report. 1: there is no such kernel.
int race(const char* kernel);

}  // namespace mm::test
