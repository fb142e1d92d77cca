// The functions of maps.h and the loops of loops.h, once in each precision.
#include "kernels.h"

#include <math.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Where the machine has AVX2 and FMA, or AVX-512, loops compiled for them are chosen when the program is loaded. ThreadSanitizer
// is not up at that time, so it gets the baseline.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FBK_NO_CLONES 1
#endif
#endif
#if defined(__x86_64__) && defined(__linux__) && !defined(FBK_NO_CLONES)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

#pragma clang fp contract(fast)

#define SQRT_HALF 0.70710678118654752440
#define INVERSE_SQRT_TWO_PI 0.39894228040143267794
#define TWO_OVER_SQRT_PI 1.12837916709551257390
#define SQRT_TWO_OVER_PI 0.79788456080286535588

void fbk_keep_freed_memory(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

// Single precision: polynomials of our own (least squares driven towards equal ripple), so that loops vectorise.

// 2^n exp(r) with |r| <= ln(2)/2. Below -104 the result is 0, above 88.73 infinity.
INLINE float exp_f32(float x) {
  // Masks are far below: as 0, they do not pass through numbers below the normal range, which are slow.
  float clamped = x < -104.0f ? 0.0f : (x > 89.0f ? 89.0f : x);
  float n = __builtin_rintf(clamped * 1.44269504f);
  float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 0.00139504481f;
  p = p * r + 0.0083688861f;
  p = p * r + 0.0416662072f;
  p = p * r + 0.16666519f;
  p = p * r + 0.500000009f;
  float e = 1.0f + (r + r * r * p);
  // Two factors, so that results below the normal range and next to the largest number are right.
  int32_t whole = (int32_t)n, half = whole >> 1;
  union { int32_t i; float f; } first = {(half + 127) << 23}, second = {(whole - half + 127) << 23};
  float y = e * first.f * second.f;
  return x != x ? x : (x < -104.0f ? 0.0f : y);
}

INLINE float tanh_f32(float x) {
  float z = x * x, size = __builtin_fabsf(x);
  float p = -0.00572163755f;
  p = p * z + 0.0206552259f;
  p = p * z - 0.0537451471f;
  p = p * z + 0.133315152f;
  p = p * z - 0.333332851f;
  float small = x + x * z * p;
  float large = __builtin_copysignf(1.0f - 2.0f / (exp_f32(2.0f * size) + 1.0f), x);
  return size < 0.625f ? small : (x != x ? x : large);
}

INLINE float sigmoid_f32(float x) { return 1.0f / (1.0f + exp_f32(-x)); }

// Up to 1 a polynomial in the square; beyond, 1 - exp(polynomial).
INLINE float erf_f32(float x) {
  float z = x * x, size = __builtin_fabsf(x);
  float p = 7.88912265e-05f;
  p = p * z - 0.000802084221f;
  p = p * z + 0.00518953544f;
  p = p * z - 0.0268544446f;
  p = p * z + 0.112836002f;
  p = p * z - 0.376126271f;
  p = p * z + 1.12837917f;
  float s = size > 4.0f ? 4.0f : size;
  float q = 2.51292922e-07f;
  q = q * s - 2.53143353e-05f;
  q = q * s + 0.000463785175f;
  q = q * s - 0.00428237305f;
  q = q * s + 0.025373536f;
  q = q * s - 0.108638972f;
  q = q * s - 0.633039633f;
  q = q * s - 1.12966115f;
  q = q * s + 0.000204358165f;
  float large = __builtin_copysignf(1.0f - exp_f32(q), x);
  return size < 1.0f ? x * p : (x != x ? x : large);
}

// Double precision: the system's library is accurate, and a Jacobian spends little of its time here.
INLINE double exp_f64(double x) { return exp(x); }
INLINE double tanh_f64(double x) { return tanh(x); }
INLINE double erf_f64(double x) { return erf(x); }
INLINE double sigmoid_f64(double x) { return 1.0 / (1.0 + exp(-x)); }

#define T float
#define NAME(x) x##_f32
#define M(x) x##f
#include "maps.h"
#include "loops.h"
#include "windows.h"
#undef T
#undef NAME
#undef M

#define T double
#define NAME(x) x##_f64
#define M(x) x
#include "maps.h"
#include "loops.h"
#include "windows.h"
#undef T
#undef NAME
#undef M

// Correlations, for each set of instructions that the machine may have; chosen when they are called.
#define T float
#define SET(x) fbk_##x##_f32_base
#define BYTES 16
#define ROWS 4
#define TARGET
#include "correlation.h"
#undef T
#undef SET
#define T double
#define SET(x) fbk_##x##_f64_base
#include "correlation.h"
#undef T
#undef SET
#undef BYTES
#undef ROWS
#undef TARGET

#if defined(__x86_64__)
#define T float
#define SET(x) fbk_##x##_f32_avx2
#define BYTES 32
#define ROWS 4
#define TARGET __attribute__((target("arch=x86-64-v3")))
#include "correlation.h"
#undef T
#undef SET
#define T double
#define SET(x) fbk_##x##_f64_avx2
#include "correlation.h"
#undef T
#undef SET
#undef BYTES
#undef ROWS
#undef TARGET

#define T float
#define SET(x) fbk_##x##_f32_avx512
#define BYTES 64
#define ROWS 8
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#include "correlation.h"
#undef T
#undef SET
#define T double
#define SET(x) fbk_##x##_f64_avx512
#include "correlation.h"
#undef T
#undef SET
#undef BYTES
#undef ROWS
#undef TARGET

int32_t fbk_instructions(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return 3;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2") ? 2 : 0;
}
#define WIDER(call)                                 \
  switch (fbk_instructions()) {                     \
    case 3: call(avx512); return;                   \
    case 2: call(avx2); return;                     \
    default: break;                                 \
  }
#else
int32_t fbk_instructions(void) { return 0; }
#define WIDER(call)
#endif

#define CORRELATE(T, S)                                                                                            \
  void fbk_correlate_##S(ptrdiff_t features, ptrdiff_t depth, const ptrdiff_t *offsets, ptrdiff_t lines,           \
                         ptrdiff_t places, ptrdiff_t pitch, const T *x, const T *w, ptrdiff_t ws, T *y,            \
                         ptrdiff_t ys, int32_t assign) {                                                           \
    WIDER(CALL_##S)                                                                                                \
    CALL_##S(base);                                                                                                \
  }
#define CALL_f32(set) fbk_correlate_f32_##set(features, depth, offsets, lines, places, pitch, x, w, ws, y, ys, assign)
#define CALL_f64(set) fbk_correlate_f64_##set(features, depth, offsets, lines, places, pitch, x, w, ws, y, ys, assign)
CORRELATE(float, f32)
CORRELATE(double, f64)
