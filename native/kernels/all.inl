// Every kernel over the lane type of the instruction set whose namespace and target region this is
// included in, and their table. No templates of the standard library here: the linker could pick
// this copy, with its instructions, for code that runs anywhere.

#include "math.inl"
#include "activations.inl"
#include "power.inl"
#include "transpose.inl"
#include "elementwise.inl"
#include "copy.inl"
#include "gemm.inl"
#include "gemm_large.inl"
#include "reduce.inl"
#include "softmax.inl"
#include "embedding.inl"
#include "embedding_linear.inl"
#include "update.inl"
#include "linear_cross_entropy.inl"
#include "peak.inl"

extern const KernelTable kKernels;
const KernelTable kKernels = {
    kIsa,
    kGemmRows,
    kGemmVectors * 16,
    {
#define MM_UNARY(Op, cost) unary<Op>,
#include "../kernels.def"
    },
    {
#define MM_BINARY(Op, cost) binary<Op>,
#include "../kernels.def"
    },
#define MM_LOOP(Arguments, name) name,
#include "../kernels.def"
    fmaPeak,
};
