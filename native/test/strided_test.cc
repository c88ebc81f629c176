// unary, binary, copy and fill over random shapes, strides and views, against a plain loop.
#include <cmath>
#include <optional>

#include "harness.h"

namespace mm::test {

namespace {

constexpr int64_t kGuard = 7;

// Strides of a permuted, gapped (and, for inputs, perhaps broadcast) layout; the words it spans.
int64_t randomStrides(Random& random, int rank, const int64_t* shape, int64_t* strides,
                      bool mayRepeat) {
  int order[kMaxRank];
  for (int d = 0; d < rank; ++d) order[d] = rank - 1 - d;
  if (random.below(2)) {
    for (int d = rank - 1; d > 0; --d) {
      const int64_t other = random.below(d + 1);
      const int swapped = order[d];
      order[d] = order[other];
      order[other] = swapped;
    }
  }
  int64_t step = random.below(4) == 0 ? 2 : 1;
  int64_t span = 1;
  for (int d = 0; d < rank; ++d) {
    const int axis = order[d];
    strides[axis] = step;
    if (mayRepeat && random.below(5) == 0) {
      strides[axis] = 0;
      continue;
    }
    span += (shape[axis] - 1) * step;
    step = step * shape[axis] + random.below(2);
  }
  return span;
}

uint32_t wordOf(float x) {
  uint32_t word;
  std::memcpy(&word, &x, sizeof word);
  return word;
}

float ofWord(uint32_t word) {
  float x;
  std::memcpy(&x, &word, sizeof x);
  return x;
}

// What an operation gives, in plain C++; nothing for those of polynomials, of which only the sets
// are compared here. No case is left to a default, so that the compiler names an operation that is
// missing.
std::optional<float> naive(UnaryOp op, float a) {
  const int32_t i = static_cast<int32_t>(wordOf(a));
  switch (op) {
    case UnaryOp::kNeg:
      return -a;
    case UnaryOp::kSqrt:
      return std::sqrt(a);
    case UnaryOp::kToFloat:
      return static_cast<float>(i);
    case UnaryOp::kAbs:
      return std::fabs(a);
    case UnaryOp::kSign:
      return a < 0 ? -1.0f : a > 0 ? 1.0f : 0.0f;
    case UnaryOp::kRelu:
      return a < 0 ? 0.0f : a;
    case UnaryOp::kExp:
    case UnaryOp::kLog:
    case UnaryOp::kTanh:
    case UnaryOp::kSigmoid:
    case UnaryOp::kGelu:
    case UnaryOp::kGeluTanh:
    case UnaryOp::kCount:
      break;
  }
  return std::nullopt;
}

std::optional<float> naive(BinaryOp op, float a, float b) {
  const uint32_t u = wordOf(a), w = wordOf(b);
  const int32_t i = static_cast<int32_t>(u), j = static_cast<int32_t>(w);
  switch (op) {
    case BinaryOp::kAdd:
      return a + b;
    case BinaryOp::kSub:
      return a - b;
    case BinaryOp::kMul:
      return a * b;
    case BinaryOp::kDiv:
      return a / b;
    case BinaryOp::kMinimum:
      return a < b || std::isnan(a) ? a : b;
    case BinaryOp::kEqual:
      return ofWord(a == b);
    case BinaryOp::kNotEqual:
      return ofWord(a != b);
    case BinaryOp::kLess:
      return ofWord(a < b);
    case BinaryOp::kLessEqual:
      return ofWord(a <= b);
    case BinaryOp::kIntAdd:
      return ofWord(u + w);
    case BinaryOp::kIntSub:
      return ofWord(u - w);
    case BinaryOp::kIntMul:
      return ofWord(u * w);
    case BinaryOp::kIntEqual:
      return ofWord(i == j);
    case BinaryOp::kIntNotEqual:
      return ofWord(i != j);
    case BinaryOp::kIntLess:
      return ofWord(i < j);
    case BinaryOp::kIntLessEqual:
      return ofWord(i <= j);
    case BinaryOp::kKeep:
      return ofWord((0 - u) & w);
    case BinaryOp::kDrop:
      return ofWord((u - 1) & w);
    case BinaryOp::kOr:
      return ofWord(u | w);
    case BinaryOp::kFromEnd:
      return ofWord(i < 0 ? u + w : u);
    case BinaryOp::kTanhBackward:
      return a * std::fma(-b, b, 1.0f);
    case BinaryOp::kMaximum:
      return a > b || std::isnan(a) ? a : b;
    case BinaryOp::kReluBackward:
      return b <= 0 ? 0.0f : a;
    case BinaryOp::kSigmoidBackward:
      return (a * (1.0f - b)) * b;
    case BinaryOp::kShareOfLarger:
      return a < b ? 0.0f : a == b ? 0.5f : 1.0f;
    case BinaryOp::kGate:
      return b == 0 ? 0.0f : a * b;
    case BinaryOp::kPow:
    case BinaryOp::kGeluBackward:
    case BinaryOp::kGeluTanhBackward:
    case BinaryOp::kCount:
      break;
  }
  return std::nullopt;
}

constexpr const char* kUnaryNames[] = {
#define MM_UNARY(Op, cost) "unary " #Op,
#include "../kernels.def"
};
constexpr const char* kBinaryNames[] = {
#define MM_BINARY(Op, cost) "binary " #Op,
#include "../kernels.def"
};

enum class Kind { kUnary, kBinary, kCopy };

void testCase(Random& random, Kind kind, int op, const int64_t* shape, int rank) {
  Strided s = {};
  s.rank = rank;
  for (int d = 0; d < rank; ++d) s.shape[d] = shape[d];
  const Words a = randomWords(random, randomStrides(random, rank, shape, s.aStride, true), true);
  Words b(1);
  if (kind == Kind::kBinary)
    b = randomWords(random, randomStrides(random, rank, shape, s.bStride, true), true);
  const Words out = randomWords(
      random, randomStrides(random, rank, shape, s.outStride, false) + 2 * kGuard, false);
  s.a = a.data();
  s.b = b.data();
  const char* what = kind == Kind::kUnary    ? kUnaryNames[op]
                     : kind == Kind::kBinary ? kBinaryNames[op]
                                             : "copy";
  const Words got = onEverySet(what, out, [&](const KernelTable& kernels, Words& to, int threads) {
    Strided call = s;
    call.out = to.data() + kGuard;
    if (kind == Kind::kUnary) run(kernels, Unary{call, static_cast<UnaryOp>(op)}, threads);
    if (kind == Kind::kBinary) run(kernels, Binary{call, static_cast<BinaryOp>(op)}, threads);
    if (kind == Kind::kCopy) run(kernels, Copy{call}, threads);
  });
  const auto exact = [&](float x, float y) -> std::optional<float> {
    if (kind == Kind::kUnary) return naive(static_cast<UnaryOp>(op), x);
    if (kind == Kind::kBinary) return naive(static_cast<BinaryOp>(op), x, y);
    return x;
  };
  if (!exact(0.0f, 0.0f).has_value()) return;
  Words expected = out;
  int64_t index[kMaxRank] = {};
  for (bool more = true; more;) {
    int64_t ia = 0, ib = 0, io = kGuard;
    for (int d = 0; d < rank; ++d) {
      ia += index[d] * s.aStride[d];
      ib += index[d] * s.bStride[d];
      io += index[d] * s.outStride[d];
    }
    expected[io] = *exact(a[ia], b[ib]);
    more = false;
    for (int d = rank - 1; d >= 0 && !more; --d) {
      more = ++index[d] < shape[d];
      if (!more) index[d] = 0;
    }
  }
  same(expected, got, what, "plain loop");
}

}  // namespace

void testStrided() {
  Random random(2);
  for (int i = 0; i < 1500; ++i) {
    int64_t shape[kMaxRank];
    const int rank = static_cast<int>(random.between(1, 5));
    for (int d = 0; d < rank; ++d)
      shape[d] = random.between(1, rank == 1 ? 100 : rank == 2 ? 40 : 7);
    testCase(random, Kind::kUnary, i % static_cast<int>(UnaryOp::kCount), shape, rank);
    testCase(random, Kind::kBinary, i % static_cast<int>(BinaryOp::kCount), shape, rank);
    testCase(random, Kind::kCopy, 0, shape, rank);
  }
  const int64_t large[] = {300, 401};  // above the threads' threshold
  testCase(random, Kind::kUnary, static_cast<int>(UnaryOp::kTanh), large, 2);
  testCase(random, Kind::kBinary, static_cast<int>(BinaryOp::kMul), large, 2);
  for (int i = 0; i < 4; ++i) testCase(random, Kind::kCopy, 0, large, 2);

  for (const int64_t n : {0, 1, 15, 16, 33, 200000}) {
    const Words out = randomWords(random, n + 2 * kGuard, false);
    const float value = random.value();
    Words expected = out;
    for (int64_t i = 0; i < n; ++i) expected[kGuard + i] = value;
    const Words got =
        onEverySet("fill", out, [&](const KernelTable& kernels, Words& to, int threads) {
          run(kernels, Fill{n, value, to.data() + kGuard}, threads);
        });
    same(expected, got, "fill", "plain loop");
  }
}

}  // namespace mm::test
