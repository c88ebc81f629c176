#pragma once
// Lane operations must be inlined: vector arguments are passed differently by each instruction set.
#define MM_INLINE inline __attribute__((always_inline))
