// Loops over elements, in two precisions. Sizes are in elements; strides may be 0 (broadcast) or negative.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Functions of one number, for map and slope. `a` and `b` are the function's parameters.
enum {
  FBK_EXP, FBK_LOG, FBK_SQRT, FBK_RECIPROCAL, FBK_ABS, FBK_NEG, FBK_SIGN, FBK_FLOOR, FBK_CEIL, FBK_ROUND,
  FBK_SIN, FBK_COS, FBK_TAN, FBK_ASIN, FBK_ACOS, FBK_ATAN, FBK_SINH, FBK_COSH, FBK_ASINH, FBK_ACOSH, FBK_ATANH,
  FBK_TANH, FBK_SIGMOID, FBK_SILU, FBK_GELU, FBK_GELU_TANH, FBK_ERF, FBK_SOFTPLUS, FBK_SOFTSIGN,
  FBK_RELU, FBK_LEAKY_RELU, FBK_THRESHOLDED_RELU, FBK_ELU, FBK_SELU, FBK_CELU, FBK_HARD_SIGMOID, FBK_HARD_SWISH,
  FBK_MISH, FBK_AFFINE, FBK_SCALED_TANH,
  FBK_MAP_COUNT
};

// Functions of two numbers.
enum {
  FBK_ADD, FBK_SUB, FBK_MUL, FBK_DIV, FBK_POW, FBK_MIN, FBK_MAX, FBK_FMOD, FBK_FLOOR_MOD,
  FBK_EQUAL, FBK_LESS, FBK_LESS_EQUAL,
  // Partial derivatives.
  FBK_DIV_BY_SECOND,    // -x / y^2
  FBK_POW_BY_FIRST,     // y x^(y-1)
  FBK_POW_BY_SECOND,    // x^y ln x, 0 at x = 0
  FBK_MAX_BY_FIRST,     // 1 where x > y, 1/2 where equal, else 0
  FBK_MIN_BY_FIRST,
  FBK_BINARY_COUNT
};

// Reductions of rows.
enum { FBK_SUM, FBK_SUM_SQUARES, FBK_SUM_ABS, FBK_LARGEST, FBK_SMALLEST, FBK_PRODUCT };

// A window of taps that steps over up to three axes of an array; with fewer, the first ones have extent 1.
struct fbk_window {
  ptrdiff_t input[3], output[3], taps[3], strides[3], dilations[3], before[3];
};

// How far beyond its operand a correlation may read.
enum { FBK_OVERREAD = 16 };

#define FBK_CORRELATE(T, name)                                                                                           \
  void name(ptrdiff_t features, ptrdiff_t depth, const ptrdiff_t *offsets, ptrdiff_t lines, ptrdiff_t places,          \
            ptrdiff_t pitch, const T *x, const T *w, ptrdiff_t ws, T *y, ptrdiff_t ys, int32_t assign);

#define FBK_DECLARE(T, S)                                                                                              \
  /* y = f(x), elementwise. */                                                                                         \
  void fbk_map_##S(int32_t kind, ptrdiff_t n, const T *x, T *y, double a, double b);                                   \
  /* d = f'(x), elementwise. */                                                                                        \
  void fbk_slope_##S(int32_t kind, ptrdiff_t n, const T *x, T *d, double a, double b);                                 \
  /* z = f(x, y) over `rank` axes; z is packed in C order. */                                                          \
  void fbk_binary_##S(int32_t kind, int32_t rank, const ptrdiff_t *extents, const T *x, const ptrdiff_t *xs,           \
                      const T *y, const ptrdiff_t *ys, T *z);                                                          \
  /* z = scale w x (assign) or z += scale w x, over `rank` axes; a zero weight passes nothing, not even infinity.      \
     Without weights, w = 1. z may be x when their strides agree. */                                                   \
  void fbk_weigh_##S(int32_t rank, const ptrdiff_t *extents, const T *x, const ptrdiff_t *xs, const T *_Nullable w,    \
                     const ptrdiff_t *ws, T scale, T *z, const ptrdiff_t *zs, int32_t assign);                         \
  /* z = x over `rank` axes. */                                                                                        \
  void fbk_copy_##S(int32_t rank, const ptrdiff_t *extents, const T *x, const ptrdiff_t *xs, T *z,                     \
                    const ptrdiff_t *zs);                                                                              \
  /* One number per row of length n. */                                                                                \
  void fbk_reduce_##S(int32_t kind, ptrdiff_t rows, ptrdiff_t n, const T *x, T *y);                                    \
  /* y = softmax of each row. */                                                                                       \
  void fbk_softmax_##S(ptrdiff_t rows, ptrdiff_t n, const T *x, T *y);                                                 \
  /* z = s (x - <s, x>) for each row, `repeats` stacks of x sharing s: softmax's derivative, its own adjoint. */       \
  void fbk_softmax_slope_##S(ptrdiff_t repeats, ptrdiff_t rows, ptrdiff_t n, const T *s, const T *x, T *z);            \
  /* h = (x - mean) r, r = 1 / sqrt(variance + epsilon) for each row; without centring the mean is taken as 0. */      \
  void fbk_normalize_##S(ptrdiff_t rows, ptrdiff_t n, const T *x, double epsilon, int32_t centred, T *h, T *r);        \
  /* z = r (x - mean x - h mean(h x)) for each row, `repeats` stacks: the normalization's derivative and adjoint. */   \
  void fbk_normalize_slope_##S(ptrdiff_t repeats, ptrdiff_t rows, ptrdiff_t n, const T *h, const T *r,                 \
                               int32_t centred, const T *x, T *z);                                                     \
  /* z[o, j, :] = x[o, index[j], :]; rows have `inner` elements, x has `extent` rows per block. */                     \
  void fbk_gather_##S(ptrdiff_t outer, ptrdiff_t extent, ptrdiff_t inner, ptrdiff_t picks, const ptrdiff_t *index,     \
                      const T *x, T *z);                                                                               \
  /* z[o, index[j], :] += x[o, j, :]. */                                                                               \
  void fbk_scatter_##S(ptrdiff_t outer, ptrdiff_t extent, ptrdiff_t inner, ptrdiff_t picks, const ptrdiff_t *index,    \
                       const T *x, T *z);                                                                              \
  /* z (columns x rows) = transpose of x (rows x columns). */                                                          \
  void fbk_transpose_##S(ptrdiff_t rows, ptrdiff_t columns, const T *x, ptrdiff_t xs, T *z, ptrdiff_t zs);             \
  /* z[o, j, :] = the sum over t in starts[j]..<starts[j + 1] of weights[t] x[o, index[t], :]; rows have `inner`          \
     elements, x has `from` and z `to` rows per block. */                                                              \
  void fbk_mix_##S(ptrdiff_t outer, ptrdiff_t from, ptrdiff_t to, ptrdiff_t inner, const ptrdiff_t *starts,            \
                   const ptrdiff_t *index, const double *weights, const T *x, T *z);                                   \
  /* z[channel, tap, :] = what the window's taps see of each channel at the places of lines `first` to `last` (a line   \
     has the places of the last axis): the matrix that turns a convolution into a product. Lines of z lie `zs` apart. */ \
  void fbk_unfold_##S(ptrdiff_t channels, const struct fbk_window *window, ptrdiff_t first, ptrdiff_t last, const T *x, \
                      T *z, ptrdiff_t zs);                                                                             \
  /* z[channel, phase, row, column] = each channel of x, padded, in the parts that one tap sees as the window steps over \
     its places of lines `first` to `last`: one part for each remainder by the strides, with rows for all shifts of the   \
     taps. The first of the three axes must have extent 1. */                                                             \
  void fbk_spread_##S(ptrdiff_t channels, const struct fbk_window *window, ptrdiff_t first, ptrdiff_t last, const T *x, \
                      T *z);                                                                                             \
  /* y[f, line, place] += (or, to assign, =) the sum over k of w[f, k] x[offsets[k] + line pitch + place]; rows of w lie   \
     `ws` apart, those of y `ys`. Where fewer than three vectors are used of x, up to FBK_OVERREAD elements behind the    \
     last are read, too. */                                                                                               \
  FBK_CORRELATE(T, fbk_correlate_##S)                                                                                   \
  /* The same for a certain set of instructions, which the machine must have. */                                        \
  FBK_CORRELATE(T, fbk_correlate_##S##_base)                                                                            \
  FBK_CORRELATE(T, fbk_correlate_##S##_avx2)                                                                            \
  FBK_CORRELATE(T, fbk_correlate_##S##_avx512)                                                                          \
  /* The adjoint: what the taps hold is added to where they look. */                                                   \
  void fbk_fold_##S(ptrdiff_t channels, const struct fbk_window *window, ptrdiff_t first, ptrdiff_t last, const T *z,   \
                    ptrdiff_t zs, T *x);                                                                               \
  /* The largest element in each window of each channel and its place in the channel; the first of equals, or of NaNs.  \
     Says whether every window has an element. */                                                                      \
  int32_t fbk_largest_##S(ptrdiff_t channels, const struct fbk_window *window, const T *x, T *y, ptrdiff_t *places);   \
  /* Where the elements other than zero are, and how many they are; limit + 1 when they are more. */                   \
  ptrdiff_t fbk_nonzeros_##S(ptrdiff_t n, const T *x, ptrdiff_t limit, ptrdiff_t *positions);

// Which sets of instructions there are: 0 for the baseline, 2 with AVX2, 3 with AVX-512, too.
int32_t fbk_instructions(void);

// Lets the C library keep freed buffers of some megabytes for their successors. By itself it gives them back to the
// system and gets them anew page by page, which costs large computations in parts a tenth of their time.
void fbk_keep_freed_memory(void);

// Tells the processor that a thread is waiting.
static inline void fbk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

FBK_DECLARE(float, f32)
FBK_DECLARE(double, f64)

#pragma clang assume_nonnull end
