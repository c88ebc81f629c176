// Optimizer updates.

void sgd(const Sgd& s) {
  const F16 rate = broadcast(-*s.rate);
  const int64_t whole = s.n & ~int64_t{15};
  for (int64_t i = 0; i < whole; i += 16) store(s.param + i, load(s.param + i) + rate * load(s.grad + i));
  if (whole < s.n) {
    const Tail tail = tailOf(s.n - whole);
    storeTail(s.param + whole, loadTail(s.param + whole, tail) + rate * loadTail(s.grad + whole, tail), tail);
  }
}
