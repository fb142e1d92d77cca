// Functions of one number and their slopes. Included by kernels.c once for each precision: T is the type, NAME(f) a
// function's name in it, M(f) one of libm's.

#define EACH(expression)                                   \
  for (ptrdiff_t i = 0; i < n; ++i) {                      \
    T v = x[i];                                            \
    y[i] = (T)(expression);                                \
  }                                                        \
  break

CLONES void NAME(fbk_map)(int32_t kind, ptrdiff_t n, const T *x, T *y, double a0, double b0) {
  const T a = (T)a0, b = (T)b0;
  switch (kind) {
    case FBK_EXP: EACH(NAME(exp)(v));
    case FBK_LOG: EACH(M(log)(v));
    case FBK_SQRT: EACH(M(__builtin_sqrt)(v));
    case FBK_RECIPROCAL: EACH(1 / v);
    case FBK_ABS: EACH(M(__builtin_fabs)(v));
    case FBK_NEG: EACH(-v);
    case FBK_SIGN: EACH(v > 0 ? 1 : (v < 0 ? -1 : v));
    case FBK_FLOOR: EACH(M(__builtin_floor)(v));
    case FBK_CEIL: EACH(M(__builtin_ceil)(v));
    case FBK_ROUND: EACH(M(__builtin_rint)(v));
    case FBK_SIN: EACH(M(sin)(v));
    case FBK_COS: EACH(M(cos)(v));
    case FBK_TAN: EACH(M(tan)(v));
    case FBK_ASIN: EACH(M(asin)(v));
    case FBK_ACOS: EACH(M(acos)(v));
    case FBK_ATAN: EACH(M(atan)(v));
    case FBK_SINH: EACH(M(sinh)(v));
    case FBK_COSH: EACH(M(cosh)(v));
    case FBK_ASINH: EACH(M(asinh)(v));
    case FBK_ACOSH: EACH(M(acosh)(v));
    case FBK_ATANH: EACH(M(atanh)(v));
    case FBK_TANH: EACH(NAME(tanh)(v));
    case FBK_SIGMOID: EACH(NAME(sigmoid)(v));
    case FBK_SILU: EACH(v * NAME(sigmoid)(a * v));
    case FBK_GELU: EACH((T)0.5 * v * (1 + NAME(erf)(v * (T)SQRT_HALF)));
    case FBK_GELU_TANH: EACH((T)0.5 * v * (1 + NAME(tanh)((T)SQRT_TWO_OVER_PI * (v + (T)0.044715 * v * v * v))));
    case FBK_ERF: EACH(NAME(erf)(v));
    case FBK_SOFTPLUS: EACH((v > 0 ? v : 0) + M(log1p)(NAME(exp)(-M(__builtin_fabs)(v))));
    case FBK_SOFTSIGN: EACH(v / (1 + M(__builtin_fabs)(v)));
    case FBK_RELU: EACH(v < 0 ? 0 : v);
    case FBK_LEAKY_RELU: EACH(v < 0 ? a * v : v);
    case FBK_THRESHOLDED_RELU: EACH(v > a ? v : 0);
    case FBK_ELU: EACH(v < 0 ? a * M(expm1)(v) : v);
    case FBK_SELU: EACH(v < 0 ? b * a * M(expm1)(v) : b * v);
    case FBK_CELU: EACH(v < 0 ? a * M(expm1)(v / a) : v);
    case FBK_HARD_SIGMOID: EACH(M(__builtin_fmin)(1, M(__builtin_fmax)(0, a * v + b)));
    case FBK_HARD_SWISH: EACH(v * M(__builtin_fmin)(1, M(__builtin_fmax)(0, v / 6 + (T)0.5)));
    case FBK_MISH: EACH(v * M(tanh)((v > 0 ? v : 0) + M(log1p)(M(exp)(-M(__builtin_fabs)(v)))));
    case FBK_AFFINE: EACH(a * v + b);
    case FBK_SCALED_TANH: EACH(a * NAME(tanh)(b * v));
    default: break;
  }
}

INLINE T NAME(silu_slope)(T v, T a) {
  T s = NAME(sigmoid)(a * v);
  return s * (1 + a * v * (1 - s));
}

INLINE T NAME(gelu_slope)(T v) {
  return (T)0.5 * (1 + NAME(erf)(v * (T)SQRT_HALF)) + v * (T)INVERSE_SQRT_TWO_PI * NAME(exp)(-(T)0.5 * v * v);
}

INLINE T NAME(gelu_tanh_slope)(T v) {
  T t = NAME(tanh)((T)SQRT_TWO_OVER_PI * (v + (T)0.044715 * v * v * v));
  T inner = (T)SQRT_TWO_OVER_PI * (1 + 3 * (T)0.044715 * v * v);
  return (T)0.5 * (1 + t) + (T)0.5 * v * (1 - t * t) * inner;
}

INLINE T NAME(mish_slope)(T v) {
  T t = M(tanh)((v > 0 ? v : 0) + M(log1p)(M(exp)(-M(__builtin_fabs)(v))));
  return t + v * (1 - t * t) * NAME(sigmoid)(v);
}

INLINE T NAME(tanh_slope)(T v) {
  T t = NAME(tanh)(v);
  return 1 - t * t;
}

INLINE T NAME(sigmoid_slope)(T v) {
  T s = NAME(sigmoid)(v);
  return s * (1 - s);
}

INLINE T NAME(softsign_slope)(T v) {
  T size = 1 + M(__builtin_fabs)(v);
  return 1 / (size * size);
}

INLINE T NAME(tan_slope)(T v) {
  T t = M(tan)(v);
  return 1 + t * t;
}

CLONES void NAME(fbk_slope)(int32_t kind, ptrdiff_t n, const T *x, T *y, double a0, double b0) {
  const T a = (T)a0, b = (T)b0;
  switch (kind) {
    case FBK_EXP: EACH(NAME(exp)(v));
    case FBK_LOG: EACH(1 / v);
    case FBK_SQRT: EACH((T)0.5 / M(__builtin_sqrt)(v));
    case FBK_RECIPROCAL: EACH(-1 / (v * v));
    case FBK_ABS: EACH(v > 0 ? 1 : (v < 0 ? -1 : 0));
    case FBK_NEG: EACH(-1);
    case FBK_SIGN:
    case FBK_FLOOR:
    case FBK_CEIL:
    case FBK_ROUND: EACH(v * 0);
    case FBK_SIN: EACH(M(cos)(v));
    case FBK_COS: EACH(-M(sin)(v));
    case FBK_TAN: EACH(NAME(tan_slope)(v));
    case FBK_ASIN: EACH(1 / M(__builtin_sqrt)(1 - v * v));
    case FBK_ACOS: EACH(-1 / M(__builtin_sqrt)(1 - v * v));
    case FBK_ATAN: EACH(1 / (1 + v * v));
    case FBK_SINH: EACH(M(cosh)(v));
    case FBK_COSH: EACH(M(sinh)(v));
    case FBK_ASINH: EACH(1 / M(__builtin_sqrt)(v * v + 1));
    case FBK_ACOSH: EACH(1 / M(__builtin_sqrt)(v * v - 1));
    case FBK_ATANH: EACH(1 / (1 - v * v));
    case FBK_TANH: EACH(NAME(tanh_slope)(v));
    case FBK_SIGMOID: EACH(NAME(sigmoid_slope)(v));
    case FBK_SILU: EACH(NAME(silu_slope)(v, a));
    case FBK_GELU: EACH(NAME(gelu_slope)(v));
    case FBK_GELU_TANH: EACH(NAME(gelu_tanh_slope)(v));
    case FBK_ERF: EACH((T)TWO_OVER_SQRT_PI * NAME(exp)(-v * v));
    case FBK_SOFTPLUS: EACH(NAME(sigmoid)(v));
    case FBK_SOFTSIGN: EACH(NAME(softsign_slope)(v));
    case FBK_RELU: EACH(v > 0 ? 1 : 0);
    case FBK_LEAKY_RELU: EACH(v > 0 ? 1 : a);
    case FBK_THRESHOLDED_RELU: EACH(v > a ? 1 : 0);
    case FBK_ELU: EACH(v > 0 ? 1 : a * NAME(exp)(v));
    case FBK_SELU: EACH(v > 0 ? b : b * a * NAME(exp)(v));
    case FBK_CELU: EACH(v > 0 ? 1 : NAME(exp)(v / a));
    case FBK_HARD_SIGMOID: EACH(a * v + b > 0 && a * v + b < 1 ? a : 0);
    case FBK_HARD_SWISH: EACH(v < -3 ? 0 : (v <= 3 ? v / 3 + (T)0.5 : 1));
    case FBK_MISH: EACH(NAME(mish_slope)(v));
    case FBK_AFFINE: EACH(a);
    case FBK_SCALED_TANH: EACH(a * b * NAME(tanh_slope)(b * v));
    default: break;
  }
}
#undef EACH
