// The routes of winograd.h: tiles.h for each kind of processor, and the choice among them.
#include "winograd.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))
// Lanes are filled up to the widest vector, whatever the route.
#define FILLED(n) (((n) + 7) / 8 * 8)
#define UNROLLED _Pragma("clang loop unroll(full)")

#pragma clang fp contract(fast)

#define LANES 2
#define TARGET
#define NAME(f) f##_plain
#include "tiles.h"
#undef LANES
#undef TARGET
#undef NAME

#if defined(__x86_64__)
#define LANES 4
#define TARGET __attribute__((target("avx2,fma")))
#define NAME(f) f##_avx2
#include "tiles.h"
#undef LANES
#undef TARGET
#undef NAME

#define LANES 8
#define TARGET __attribute__((target("avx512f,avx2,fma"), min_vector_width(512)))
#define NAME(f) f##_avx512
#include "tiles.h"
#undef LANES
#undef TARGET
#undef NAME
#endif

int32_t fbk_winograd_route(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
  return __builtin_cpu_supports("avx512f") ? 2 : 1;
#else
  return 0;
#endif
}

ptrdiff_t fbk_winograd_tiles(const struct fbk_winograd *shape) {
  return (shape->output[0] + 3) / 4 * ((shape->output[1] + 3) / 4);
}

ptrdiff_t fbk_winograd_weight_count(const struct fbk_winograd *shape) {
  return 36 * shape->channels * FILLED(shape->features);
}

ptrdiff_t fbk_winograd_scratch_count(const struct fbk_winograd *shape, ptrdiff_t tiles) {
  return 36 * (tiles * (FILLED(shape->channels) + FILLED(shape->features)) + 16) + 6 * (4 * tiles + 2) * 8;
}

#if defined(__x86_64__)
#define CHOOSE(f, ...)                        \
  switch (route) {                            \
    case 2: f##_avx512(__VA_ARGS__); return;  \
    case 1: f##_avx2(__VA_ARGS__); return;    \
    default: f##_plain(__VA_ARGS__); return;  \
  }
#else
#define CHOOSE(f, ...) f##_plain(__VA_ARGS__)
#endif

void fbk_winograd_weights(int32_t route, const struct fbk_winograd *shape, const double *w, ptrdiff_t feature,
                          ptrdiff_t channel, int32_t flips, double *u) {
  CHOOSE(weights, shape, w, feature, channel, flips, u)
}

void fbk_winograd(int32_t route, const struct fbk_winograd *shape, const double *u, ptrdiff_t first, ptrdiff_t last,
                  const double *x, double *y, int32_t adds, double *scratch) {
  CHOOSE(tiles, shape, u, first, last, x, y, adds, scratch)
}
