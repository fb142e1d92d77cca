// Included by kernels.c once for each precision: T is the type, NAME(f) a function's name in it, M(f) one of libm's.

// Walks the axes outside the last one; `step` runs with the offsets of each line.
#define OVER_LINES(count, ...)                                                        \
  ptrdiff_t at[32] = {0};                                                             \
  for (;;) {                                                                          \
    __VA_ARGS__;                                                                      \
    int32_t axis = rank - 2;                                                          \
    for (; axis >= 0; --axis) {                                                       \
      for (int32_t o = 0; o < (count); ++o) offset[o] += strides[o][axis];            \
      if (++at[axis] < extents[axis]) break;                                          \
      for (int32_t o = 0; o < (count); ++o) offset[o] -= strides[o][axis] * extents[axis]; \
      at[axis] = 0;                                                                   \
    }                                                                                 \
    if (axis < 0) break;                                                              \
  }

INLINE T NAME(binary_one)(int32_t kind, T p, T q) {
  switch (kind) {
    case FBK_ADD: return p + q;
    case FBK_SUB: return p - q;
    case FBK_MUL: return p * q;
    case FBK_DIV: return p / q;
    case FBK_POW: return q == 2 ? p * p : M(pow)(p, q);
    case FBK_MIN: return p != p ? p : (q != q ? q : (p < q ? p : q));
    case FBK_MAX: return p != p ? p : (q != q ? q : (p > q ? p : q));
    case FBK_FMOD: return M(fmod)(p, q);
    case FBK_FLOOR_MOD: {
      T rest = M(fmod)(p, q);
      return rest == 0 ? M(__builtin_copysign)(rest, q) : ((rest < 0) != (q < 0) ? rest + q : rest);
    }
    case FBK_EQUAL: return p == q;
    case FBK_LESS: return p < q;
    case FBK_LESS_EQUAL: return p <= q;
    case FBK_DIV_BY_SECOND: return -p / (q * q);
    case FBK_POW_BY_FIRST: return q == 0 ? 0 : (q == 1 ? 1 : (q == 2 ? 2 * p : q * M(pow)(p, q - 1)));
    case FBK_POW_BY_SECOND: return p == 0 && q >= 0 ? 0 : M(pow)(p, q) * M(log)(p);
    case FBK_MAX_BY_FIRST: return p > q ? 1 : (p == q ? (T)0.5 : 0);
    case FBK_MIN_BY_FIRST: return p < q ? 1 : (p == q ? (T)0.5 : 0);
    default: return 0;
  }
}

INLINE void NAME(binary_line)(int32_t kind, ptrdiff_t n, const T *x, ptrdiff_t xs, const T *y, ptrdiff_t ys, T *z) {
  if (xs == 1 && ys == 1) {
    for (ptrdiff_t i = 0; i < n; ++i) z[i] = NAME(binary_one)(kind, x[i], y[i]);
  } else if (xs == 1 && ys == 0) {
    const T q = *y;
    for (ptrdiff_t i = 0; i < n; ++i) z[i] = NAME(binary_one)(kind, x[i], q);
  } else {
    for (ptrdiff_t i = 0; i < n; ++i) z[i] = NAME(binary_one)(kind, x[i * xs], y[i * ys]);
  }
}

CLONES void NAME(fbk_binary)(int32_t kind, int32_t rank, const ptrdiff_t *extents, const T *x, const ptrdiff_t *xs,
                             const T *y, const ptrdiff_t *ys, T *z) {
  const ptrdiff_t *strides[2] = {xs, ys};
  ptrdiff_t offset[2] = {0, 0};
  const ptrdiff_t n = extents[rank - 1], x1 = xs[rank - 1], y1 = ys[rank - 1];
#define LINE(K) case K: NAME(binary_line)(K, n, x + offset[0], x1, y + offset[1], y1, z); break
  OVER_LINES(2, switch (kind) {
    LINE(FBK_ADD); LINE(FBK_SUB); LINE(FBK_MUL); LINE(FBK_DIV); LINE(FBK_POW); LINE(FBK_MIN); LINE(FBK_MAX);
    LINE(FBK_FMOD); LINE(FBK_FLOOR_MOD); LINE(FBK_EQUAL); LINE(FBK_LESS); LINE(FBK_LESS_EQUAL);
    LINE(FBK_DIV_BY_SECOND); LINE(FBK_POW_BY_FIRST); LINE(FBK_POW_BY_SECOND); LINE(FBK_MAX_BY_FIRST);
    LINE(FBK_MIN_BY_FIRST);
    default: break;
  } z += n)
#undef LINE
}

#define PASS(weight, value) ((weight) == 0 ? (T)0 : (weight) * (value))

INLINE void NAME(weigh_line)(ptrdiff_t n, const T *x, ptrdiff_t xs, const T *w, ptrdiff_t ws, T scale, T *z,
                             ptrdiff_t zs, int32_t assign) {
  if (zs == 1 && xs == 1 && w && ws == 1) {
    if (assign && scale == 1) {
      for (ptrdiff_t i = 0; i < n; ++i) z[i] = PASS(w[i], x[i]);
    } else if (assign) {
      for (ptrdiff_t i = 0; i < n; ++i) z[i] = PASS(w[i], scale * x[i]);
    } else {
      for (ptrdiff_t i = 0; i < n; ++i) z[i] += PASS(w[i], scale * x[i]);
    }
  } else if (zs == 1 && xs == 1 && (!w || ws == 0)) {
    const T factor = w ? *w * scale : scale;
    if (assign && factor == 0) {
      memset(z, 0, (size_t)n * sizeof(T));
    } else if (assign) {
      for (ptrdiff_t i = 0; i < n; ++i) z[i] = factor * x[i];
    } else if (factor != 0) {
      for (ptrdiff_t i = 0; i < n; ++i) z[i] += factor * x[i];
    }
  } else if (zs == 0 && n > 0) {
    T sum = assign ? 0 : *z;
    if (xs == 1 && w && ws == 1) {
#pragma clang fp reassociate(on)
      for (ptrdiff_t i = 0; i < n; ++i) sum += PASS(w[i], scale * x[i]);
    } else {
      for (ptrdiff_t i = 0; i < n; ++i) {
        const T weight = w ? w[i * ws] : 1;
        sum += PASS(weight, scale * x[i * xs]);
      }
    }
    *z = sum;
  } else {
    for (ptrdiff_t i = 0; i < n; ++i) {
      const T weight = w ? w[i * ws] : 1;
      const T value = PASS(weight, scale * x[i * xs]);
      z[i * zs] = assign ? value : z[i * zs] + value;
    }
  }
}

CLONES void NAME(fbk_weigh)(int32_t rank, const ptrdiff_t *extents, const T *x, const ptrdiff_t *xs,
                            const T *w, const ptrdiff_t *ws, T scale, T *z, const ptrdiff_t *zs,
                            int32_t assign) {
  const ptrdiff_t *strides[3] = {xs, ws, zs};
  ptrdiff_t offset[3] = {0, 0, 0};
  const ptrdiff_t n = extents[rank - 1], x1 = xs[rank - 1], w1 = ws[rank - 1], z1 = zs[rank - 1];
  OVER_LINES(3, NAME(weigh_line)(n, x + offset[0], x1, w ? w + offset[1] : w, w1, scale, z + offset[2], z1, assign))
}

CLONES void NAME(fbk_transpose)(ptrdiff_t rows, ptrdiff_t columns, const T *x, ptrdiff_t xs, T *z, ptrdiff_t zs) {
  enum { B = 16 };
  for (ptrdiff_t r0 = 0; r0 < rows; r0 += B) {
    const ptrdiff_t r1 = r0 + B < rows ? r0 + B : rows;
    for (ptrdiff_t c0 = 0; c0 < columns; c0 += B) {
      const ptrdiff_t c1 = c0 + B < columns ? c0 + B : columns;
      for (ptrdiff_t c = c0; c < c1; ++c)
        for (ptrdiff_t r = r0; r < r1; ++r) z[c * zs + r] = x[r * xs + c];
    }
  }
}

CLONES void NAME(fbk_copy)(int32_t rank, const ptrdiff_t *extents, const T *x, const ptrdiff_t *xs, T *z,
                           const ptrdiff_t *zs) {
  const ptrdiff_t *strides[2] = {xs, zs};
  ptrdiff_t offset[2] = {0, 0};
  const ptrdiff_t n = extents[rank - 1], x1 = xs[rank - 1], z1 = zs[rank - 1];
  if (rank >= 2 && z1 == 1 && x1 != 1 && x1 != 0 && xs[rank - 2] == 1) {
    // The last two axes change places: in blocks, for the sake of the cache.
    const ptrdiff_t *outer[2] = {xs, zs};
    const ptrdiff_t m = extents[rank - 2], zm = zs[rank - 2];
    rank -= 1;
    strides[0] = outer[0];
    strides[1] = outer[1];
    OVER_LINES(2, NAME(fbk_transpose)(n, m, x + offset[0], x1, z + offset[1], zm))
    return;
  }
  OVER_LINES(2, {
    const T *from = x + offset[0];
    T *to = z + offset[1];
    if (x1 == 1 && z1 == 1) {
      memcpy(to, from, (size_t)n * sizeof(T));
    } else if (x1 == 0 && z1 == 1) {
      const T v = *from;
      for (ptrdiff_t i = 0; i < n; ++i) to[i] = v;
    } else {
      for (ptrdiff_t i = 0; i < n; ++i) to[i * z1] = from[i * x1];
    }
  })
}

CLONES void NAME(fbk_reduce)(int32_t kind, ptrdiff_t rows, ptrdiff_t n, const T *x, T *y) {
  for (ptrdiff_t r = 0; r < rows; ++r, x += n) {
    double sum = kind == FBK_PRODUCT ? 1 : 0;
    switch (kind) {
      case FBK_SUM: {
#pragma clang fp reassociate(on)
        for (ptrdiff_t i = 0; i < n; ++i) sum += x[i];
        break;
      }
      case FBK_SUM_SQUARES: {
#pragma clang fp reassociate(on)
        for (ptrdiff_t i = 0; i < n; ++i) sum += (double)x[i] * x[i];
        break;
      }
      case FBK_SUM_ABS: {
#pragma clang fp reassociate(on)
        for (ptrdiff_t i = 0; i < n; ++i) sum += __builtin_fabs((double)x[i]);
        break;
      }
      case FBK_PRODUCT:
        for (ptrdiff_t i = 0; i < n; ++i) sum *= x[i];
        break;
      case FBK_LARGEST:
        sum = -INFINITY;
        for (ptrdiff_t i = 0; i < n; ++i) sum = x[i] > sum || x[i] != x[i] ? x[i] : sum;
        break;
      case FBK_SMALLEST:
        sum = INFINITY;
        for (ptrdiff_t i = 0; i < n; ++i) sum = x[i] < sum || x[i] != x[i] ? x[i] : sum;
        break;
      default: break;
    }
    y[r] = (T)sum;
  }
}

CLONES void NAME(fbk_softmax)(ptrdiff_t rows, ptrdiff_t n, const T *x, T *y) {
  for (ptrdiff_t r = 0; r < rows; ++r, x += n, y += n) {
    // Several at a time: one alone waits for each comparison.
    enum { B = 64 / sizeof(T) };
    T tops[B], top = -INFINITY;
    for (int j = 0; j < B; ++j) tops[j] = -INFINITY;
    ptrdiff_t first = 0;
    for (; first + B <= n; first += B)
      for (int j = 0; j < B; ++j) tops[j] = x[first + j] > tops[j] ? x[first + j] : tops[j];
    for (ptrdiff_t i = first; i < n; ++i) top = x[i] > top ? x[i] : top;
    for (int j = 0; j < B; ++j) top = tops[j] > top ? tops[j] : top;
    for (ptrdiff_t i = 0; i < n; ++i) y[i] = NAME(exp)(x[i] - top);
    double sum = 0;
    {
#pragma clang fp reassociate(on)
      for (ptrdiff_t i = 0; i < n; ++i) sum += y[i];
    }
    const T scale = (T)(1 / sum);
    for (ptrdiff_t i = 0; i < n; ++i) y[i] *= scale;
  }
}

CLONES void NAME(fbk_softmax_slope)(ptrdiff_t repeats, ptrdiff_t rows, ptrdiff_t n, const T *s0, const T *x, T *z) {
  for (ptrdiff_t k = 0; k < repeats; ++k) {
    const T *s = s0;
    for (ptrdiff_t r = 0; r < rows; ++r, s += n, x += n, z += n) {
      double dot = 0;
      {
#pragma clang fp reassociate(on)
        for (ptrdiff_t i = 0; i < n; ++i) dot += (double)s[i] * x[i];
      }
      if (dot != dot) {
        // Where every logit is -inf the softmax is undefined; a direction of zeros, as masks leave it, stays zero.
        int passes = 0;
        for (ptrdiff_t i = 0; i < n; ++i) passes |= x[i] != 0;
        if (!passes) {
          for (ptrdiff_t i = 0; i < n; ++i) z[i] = 0;
          continue;
        }
      }
      for (ptrdiff_t i = 0; i < n; ++i) z[i] = PASS(s[i], x[i] - (T)dot);
    }
  }
}

CLONES void NAME(fbk_normalize)(ptrdiff_t rows, ptrdiff_t n, const T *x, double epsilon, int32_t centred, T *h, T *r) {
  for (ptrdiff_t row = 0; row < rows; ++row, x += n, h += n) {
    double sum = 0, squares = 0;
    if (centred) {
#pragma clang fp reassociate(on)
      for (ptrdiff_t i = 0; i < n; ++i) sum += x[i];
    }
    const double mean = sum / (double)n;
    {
#pragma clang fp reassociate(on)
      for (ptrdiff_t i = 0; i < n; ++i) squares += (x[i] - mean) * (x[i] - mean);
    }
    const double scale = 1 / __builtin_sqrt(squares / (double)n + epsilon);
    for (ptrdiff_t i = 0; i < n; ++i) h[i] = (T)((x[i] - mean) * scale);
    r[row] = (T)scale;
  }
}

CLONES void NAME(fbk_normalize_slope)(ptrdiff_t repeats, ptrdiff_t rows, ptrdiff_t n, const T *h0, const T *r,
                                      int32_t centred, const T *x, T *z) {
  for (ptrdiff_t k = 0; k < repeats; ++k) {
    const T *h = h0;
    for (ptrdiff_t row = 0; row < rows; ++row, h += n, x += n, z += n) {
      double sum = 0, dot = 0;
      {
#pragma clang fp reassociate(on)
        for (ptrdiff_t i = 0; i < n; ++i) {
          sum += x[i];
          dot += (double)h[i] * x[i];
        }
      }
      const T mean = centred ? (T)(sum / (double)n) : 0, along = (T)(dot / (double)n), scale = r[row];
      for (ptrdiff_t i = 0; i < n; ++i) z[i] = scale * (x[i] - mean - h[i] * along);
    }
  }
}

CLONES void NAME(fbk_gather)(ptrdiff_t outer, ptrdiff_t extent, ptrdiff_t inner, ptrdiff_t picks,
                             const ptrdiff_t *index, const T *x, T *z) {
  for (ptrdiff_t o = 0; o < outer; ++o, x += extent * inner)
    for (ptrdiff_t j = 0; j < picks; ++j, z += inner) memcpy(z, x + index[j] * inner, (size_t)inner * sizeof(T));
}

CLONES void NAME(fbk_scatter)(ptrdiff_t outer, ptrdiff_t extent, ptrdiff_t inner, ptrdiff_t picks,
                              const ptrdiff_t *index, const T *x, T *z) {
  for (ptrdiff_t o = 0; o < outer; ++o, z += extent * inner)
    for (ptrdiff_t j = 0; j < picks; ++j, x += inner) {
      T *to = z + index[j] * inner;
      for (ptrdiff_t i = 0; i < inner; ++i) to[i] += x[i];
    }
}

CLONES ptrdiff_t NAME(fbk_nonzeros)(ptrdiff_t n, const T *x, ptrdiff_t limit, ptrdiff_t *positions) {
  ptrdiff_t count = 0;
  for (ptrdiff_t start = 0; start < n; start += 64) {
    const ptrdiff_t end = start + 64 < n ? start + 64 : n;
    int32_t any = 0;
    for (ptrdiff_t i = start; i < end; ++i) any |= x[i] != 0;
    if (!any) continue;
    for (ptrdiff_t i = start; i < end; ++i) {
      if (x[i] == 0) continue;
      if (count == limit) return limit + 1;
      positions[count++] = i;
    }
  }
  return count;
}

#undef PASS
#undef OVER_LINES
