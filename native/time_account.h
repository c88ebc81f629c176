// Whether threads that help are worth calling on this machine, now: found by measuring. On a quiet
// machine they halve a call's time. Where other processes want the cores, a helper may lose its
// core in the middle of a task, or take the caller's, and the caller waits for milliseconds; where
// waking a thread takes long, a short call is over before.
#pragma once

#include <cstdint>
#include <cstring>

namespace mm {

// What helpers have saved less what they have cost, in nanoseconds, by the times of the same calls
// without them. When that is used up, the caller works alone for so long that the last trial's cost
// is a small part of it, and tries again.
class TimeAccount {
 public:
  // How much of what was saved may be lost again: the rare hitches of a quiet machine, of some
  // milliseconds, do not send the helpers away. A machine that becomes busy costs this once.
  static constexpr int64_t kMost = 20'000'000;
  // What a trial has to spend: its first calls wake the helpers, and only those after them show
  // what helpers are worth.
  static constexpr int64_t kTrial = 100'000;
  // Trials, and while helpers are called the calls without them that tell what they save, take a
  // fiftieth of the time.
  static constexpr int64_t kBetween = 50;
  // After this a trial is made even so: the whole process may have been stopped in one.
  static constexpr int64_t kLongestAlone = 1'000'000'000;
  // Calls of a kind with helpers before the first without: what happens once need not be known.
  static constexpr int kUnknown = 3;

  // Whether a call that begins now should have helpers. `flops` tells kinds of calls apart.
  bool wantsHelpers(double flops, int64_t now) {
    if (now < aloneUntil_) return false;
    Kind& kind = kindOf(flops);
    if (kind.alone == 0) return ++kind.calls <= kUnknown;
    return now - kind.measured < kBetween * kind.alone;
  }

  // After a call.
  void add(double flops, bool helped, int64_t began, int64_t ended) {
    Kind& kind = kindOf(flops);
    const int64_t took = ended - began;
    if (!helped) {
      kind.measured = ended;
      measure(kind, took);
    } else if (kind.alone > 0) {
      book(kind.alone - took, ended);
    }
  }

 private:
  struct Kind {
    double flops;
    int calls;         // until the first without helpers
    int64_t alone;     // how long it takes without them; 0: not known
    int64_t measured;  // when that was last seen
    int64_t samples;   // how many it is the mean of
  };

  // The mean of late: calls that were interrupted count as they do with helpers, but one alone at
  // most doubles it, and the first is no slower than a FLOP per nanosecond.
  void measure(Kind& kind, int64_t took) {
    constexpr int64_t kLate = 32;
    if (kind.samples < kLate) ++kind.samples;
    const int64_t most = kind.alone == 0 ? static_cast<int64_t>(kind.flops) : kLate * kind.alone;
    const int64_t counted = took < most ? took : most;
    kind.alone += (counted - kind.alone) / kind.samples;
  }

  void book(int64_t saved, int64_t now) {
    balance_ = balance_ + saved < kMost ? balance_ + saved : kMost;
    if (balance_ >= 0) return;
    const int64_t lost = kTrial - balance_;
    aloneUntil_ = now + (lost < kLongestAlone / kBetween ? kBetween * lost : kLongestAlone);
    balance_ = kTrial;
  }

  // A kind that needs the place of another is measured anew.
  Kind& kindOf(double flops) {
    uint64_t bits;
    std::memcpy(&bits, &flops, sizeof bits);
    Kind& kind = kinds_[bits * 0x9e3779b97f4a7c15u >> 57];
    if (kind.flops != flops) kind = {flops, 0, 0, 0, 0};
    return kind;
  }

  Kind kinds_[128] = {};
  int64_t balance_ = kTrial;
  int64_t aloneUntil_ = 0;
};

}  // namespace mm
