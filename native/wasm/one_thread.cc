// Where there is one thread: parallel.h without helpers.
#include "../parallel.h"

namespace mm {

Team::Team(int, double flops) : flops_(flops), threads_(1) {}
Team::~Team() {}

void parallel(int n, void (*task)(void*, int), void* context) {
  for (int i = 0; i < n; ++i) task(context, i);
}

}  // namespace mm
