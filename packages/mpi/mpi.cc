// MPI for mm-train: start, two collectives over 32-bit words, end. The collectives move words and
// compute nothing: sums of an MPI library have other bits for other numbers of ranks.
//
// Calls block the thread, and are for the thread that called `init` (MPI_THREAD_FUNNELED).
#include <mpi.h>
#include <node_api.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

void fail(napi_env env, const std::string& message) {
  napi_throw_error(env, "ERR_MPI", message.c_str());
}

bool check(napi_env env, const char* call, int code) {
  if (code == MPI_SUCCESS) return true;
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(code, text, &length);
  fail(env, std::string(call) + ": " + std::string(text, static_cast<size_t>(length)));
  return false;
}

bool isActive(napi_env env) {
  int began = 0, ended = 0;
  MPI_Initialized(&began);
  MPI_Finalized(&ended);
  if (began != 0 && ended == 0) return true;
  fail(env, "MPI is not active: call init() first, and nothing after finalize()");
  return false;
}

struct Words {
  int32_t* at = nullptr;
  size_t count = 0;
};

// An Int32Array.
bool read(napi_env env, napi_value value, const char* name, Words& words) {
  napi_typedarray_type type;
  void* data = nullptr;
  napi_value buffer;
  size_t offset = 0;
  if (napi_get_typedarray_info(env, value, &type, &words.count, &data, &buffer, &offset) !=
          napi_ok ||
      type != napi_int32_array) {
    fail(env, std::string(name) + ": expected an Int32Array");
    return false;
  }
  words.at = static_cast<int32_t*>(data);
  return true;
}

// How many words each rank has, and where they begin among those of all.
struct Counts {
  std::vector<int> count, start;
};

bool read(napi_env env, napi_value value, const char* name, const Words& all, Counts& counts) {
  Words given;
  int size = 0;
  if (!read(env, value, name, given)) return false;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (given.count != static_cast<size_t>(size)) {
    fail(env, std::string(name) + ": expected a count per rank");
    return false;
  }
  int64_t total = 0;
  for (size_t r = 0; r < given.count; ++r) {
    if (given.at[r] < 0 || total > INT32_MAX) {
      fail(env, std::string(name) + ": expected counts of 0 or more, below 2^31 together");
      return false;
    }
    counts.count.push_back(given.at[r]);
    counts.start.push_back(static_cast<int>(total));
    total += given.at[r];
  }
  if (static_cast<size_t>(total) != all.count) {
    fail(env, std::string(name) + ": expected as many words as the counts say");
    return false;
  }
  return true;
}

napi_value arguments(napi_env env, napi_callback_info info, size_t count, napi_value* values) {
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  return nullptr;
}

void set(napi_env env, napi_value object, const char* name, int number) {
  napi_value value;
  napi_create_int32(env, number, &value);
  napi_set_named_property(env, object, name, value);
}

// init() -> { rank, size, local }: this process, how many there are, how many on this machine.
napi_value init(napi_env env, napi_callback_info) {
  int began = 0, rank = 0, size = 0, local = 0, provided = 0;
  MPI_Initialized(&began);
  if (began == 0 && !check(env, "MPI_Init_thread",
                           MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided)))
    return nullptr;
  if (!isActive(env)) return nullptr;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Comm machine;
  if (!check(env, "MPI_Comm_split_type",
             MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine)))
    return nullptr;
  MPI_Comm_size(machine, &local);
  MPI_Comm_free(&machine);
  napi_value out;
  napi_create_object(env, &out);
  set(env, out, "rank", rank);
  set(env, out, "size", size);
  set(env, out, "local", local);
  return out;
}

// allgather(words, counts): words of all ranks, one after the other; each has its own in place.
napi_value allgather(napi_env env, napi_callback_info info) {
  napi_value given[2];
  arguments(env, info, 2, given);
  Words words;
  Counts counts;
  if (!isActive(env) || !read(env, given[0], "words", words) ||
      !read(env, given[1], "counts", words, counts))
    return nullptr;
  check(env, "MPI_Allgatherv",
        MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_INT32_T, words.at, counts.count.data(),
                       counts.start.data(), MPI_INT32_T, MPI_COMM_WORLD));
  return nullptr;
}

// alltoall(sent, sentCounts, received, receivedCounts): to each rank some, from each some.
napi_value alltoall(napi_env env, napi_callback_info info) {
  napi_value given[4];
  arguments(env, info, 4, given);
  Words sent, received;
  Counts to, from;
  if (!isActive(env) || !read(env, given[0], "sent", sent) ||
      !read(env, given[1], "sentCounts", sent, to) || !read(env, given[2], "received", received) ||
      !read(env, given[3], "receivedCounts", received, from))
    return nullptr;
  check(env, "MPI_Alltoallv",
        MPI_Alltoallv(sent.at, to.count.data(), to.start.data(), MPI_INT32_T, received.at,
                      from.count.data(), from.start.data(), MPI_INT32_T, MPI_COMM_WORLD));
  return nullptr;
}

// Waits until all ranks call it. Without it a rank's end is a failure of them all.
napi_value finalize(napi_env env, napi_callback_info) {
  if (isActive(env)) check(env, "MPI_Finalize", MPI_Finalize());
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback call;
  } functions[] = {
      {"init", init}, {"allgather", allgather}, {"alltoall", alltoall}, {"finalize", finalize}};
  for (const auto& f : functions) {
    napi_value value;
    napi_create_function(env, f.name, NAPI_AUTO_LENGTH, f.call, nullptr, &value);
    napi_set_named_property(env, exports, f.name, value);
  }
  return exports;
}
