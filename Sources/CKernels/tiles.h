// Included by winograd.c once for each kind of processor: LANES numbers a vector, TARGET the processors, NAME(f) a
// function's name for them. Channels are the lanes of the operand's transform, features those of products and result.

typedef double NAME(vector) __attribute__((vector_size(LANES * 8), aligned(8), may_alias));
#define VECTOR NAME(vector)
#define AT(p) (*(VECTOR *)(p))
#define SEEN(p) (*(const VECTOR *)(p))

// Rows become columns: pairs, pairs of pairs, and so on.
TARGET INLINE void NAME(turn)(VECTOR *v) {
  VECTOR w[LANES];
#define STEP(V, W, SIZE, LOW, HIGH)                               \
  UNROLLED for (int i = 0; i < LANES; ++i) {                      \
    if (i & SIZE) continue;                                       \
    W[i] = __builtin_shufflevector(V[i], V[i + SIZE], LOW);       \
    W[i + SIZE] = __builtin_shufflevector(V[i], V[i + SIZE], HIGH); \
  }
#define LIST(...) __VA_ARGS__
#if LANES == 8
  STEP(v, w, 1, LIST(0, 8, 2, 10, 4, 12, 6, 14), LIST(1, 9, 3, 11, 5, 13, 7, 15))
  STEP(w, v, 2, LIST(0, 1, 8, 9, 4, 5, 12, 13), LIST(2, 3, 10, 11, 6, 7, 14, 15))
  STEP(v, w, 4, LIST(0, 1, 2, 3, 8, 9, 10, 11), LIST(4, 5, 6, 7, 12, 13, 14, 15))
#elif LANES == 4
  STEP(v, w, 2, LIST(0, 1, 4, 5), LIST(2, 3, 6, 7))
  STEP(w, v, 1, LIST(0, 4, 2, 6), LIST(1, 5, 3, 7))
#else
  STEP(v, w, 1, LIST(0, 2), LIST(1, 3))
#endif
#if LANES != 4
  UNROLLED for (int i = 0; i < LANES; ++i) v[i] = w[i];
#endif
#undef LIST
#undef STEP
}

// Places `low` to `high` of a line of each channel, from x, `plane` apart, to vectors of channels in z.
TARGET INLINE void NAME(join)(ptrdiff_t channels, ptrdiff_t low, ptrdiff_t high, const double *x, ptrdiff_t plane,
                              double *z) {
  if (channels >= LANES && high - low >= LANES) {
    for (ptrdiff_t p = low; p < high; p += LANES) {
      const ptrdiff_t at = p + LANES <= high ? p : high - LANES;
      VECTOR v[LANES];
      UNROLLED for (int c = 0; c < LANES; ++c) v[c] = SEEN(x + c * plane + at);
      NAME(turn)(v);
      UNROLLED for (int c = 0; c < LANES; ++c) AT(z + (at + c) * LANES) = v[c];
    }
    return;
  }
  for (ptrdiff_t p = low; p < high; ++p)
    for (ptrdiff_t c = 0; c < LANES; ++c) z[p * LANES + c] = c < channels ? x[c * plane + p] : 0;
}

// The reverse: `count` vectors of features to lines of y, or added to them.
TARGET INLINE void NAME(part)(ptrdiff_t features, ptrdiff_t count, const double *z, double *y, ptrdiff_t plane,
                              int32_t adds) {
  ptrdiff_t done = 0;
  if (features >= LANES)
    for (; done + LANES <= count; done += LANES) {
      VECTOR v[LANES];
      UNROLLED for (int f = 0; f < LANES; ++f) v[f] = SEEN(z + (done + f) * LANES);
      NAME(turn)(v);
      UNROLLED for (int f = 0; f < LANES; ++f) {
        double *to = y + f * plane + done;
        AT(to) = adds ? SEEN(to) + v[f] : v[f];
      }
    }
  const ptrdiff_t lanes = features < LANES ? features : LANES;
  for (ptrdiff_t f = 0; f < lanes; ++f)
    for (ptrdiff_t p = done; p < count; ++p) {
      double *to = y + f * plane + p;
      *to = adds ? *to + z[p * LANES + f] : z[p * LANES + f];
    }
}

// The three transforms of a line, for the points 0, 1, -1, 2, -2 and infinity: of the operand, of the weights, and of the
// products.
TARGET INLINE void NAME(spread)(VECTOR *d) {
  const VECTOR even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1], wide = d[4] - d[2], slope = 2 * (d[3] - d[1]);
  d[0] = 4 * (d[0] - d[2]) + wide;
  d[5] = 4 * d[1] - 5 * d[3] + d[5];
  d[1] = even + odd;
  d[2] = even - odd;
  d[3] = wide + slope;
  d[4] = wide - slope;
}

TARGET INLINE void NAME(weigh)(VECTOR a, VECTOR b, VECTOR c, VECTOR *w) {
  const VECTOR near = (a + c) / -6, far = a / 24 + c / 6;
  w[0] = a / 4;
  w[1] = near - b / 6;
  w[2] = near + b / 6;
  w[3] = far + b / 12;
  w[4] = far - b / 12;
  w[5] = c;
}

TARGET INLINE void NAME(gather)(const VECTOR *m, VECTOR *y) {
  const VECTOR sum = m[1] + m[2], gap = m[1] - m[2], far = m[3] + m[4], slope = m[3] - m[4];
  y[0] = m[0] + sum + far;
  y[1] = gap + 2 * slope;
  y[2] = sum + 4 * far;
  y[3] = gap + 8 * slope + m[5];
}

// u: for each of the 36 products channels x features.
TARGET static void NAME(weights)(const struct fbk_winograd *shape, const double *w, ptrdiff_t feature,
                                 ptrdiff_t channel, int32_t flips, double *u) {
  const ptrdiff_t row = FILLED(shape->features), plane = shape->channels * row;
  for (ptrdiff_t c = 0; c < shape->channels; ++c)
    for (ptrdiff_t f = 0; f < row; f += LANES) {
      VECTOR taps[9], half[3][6];
      UNROLLED for (int t = 0; t < 9; ++t)
        UNROLLED for (int lane = 0; lane < LANES; ++lane)
          taps[t][lane] = f + lane < shape->features ? w[(f + lane) * feature + c * channel + (flips ? 8 - t : t)] : 0;
      UNROLLED for (int t = 0; t < 3; ++t) NAME(weigh)(taps[t], taps[t + 3], taps[t + 6], half[t]);
      UNROLLED for (int i = 0; i < 6; ++i) {
        VECTOR made[6];
        NAME(weigh)(half[0][i], half[1][i], half[2][i], made);
        UNROLLED for (int k = 0; k < 6; ++k) AT(u + (6 * i + k) * plane + c * row + f) = made[k];
      }
    }
}

// m (rows x width vectors) = v (rows x depth) u (depth x width vectors), all sums in registers.
TARGET INLINE void NAME(product)(const int rows, const int width, ptrdiff_t depth, const double *v, ptrdiff_t vs,
                                 const double *u, ptrdiff_t us, double *m, ptrdiff_t ms) {
  VECTOR sums[8][3];
  UNROLLED for (int r = 0; r < rows; ++r) UNROLLED for (int j = 0; j < width; ++j) sums[r][j] = (VECTOR){0};
  for (ptrdiff_t c = 0; c < depth; ++c, u += us) {
    VECTOR weights[3];
    UNROLLED for (int j = 0; j < width; ++j) weights[j] = SEEN(u + j * LANES);
    UNROLLED for (int r = 0; r < rows; ++r)
      UNROLLED for (int j = 0; j < width; ++j) sums[r][j] += v[r * vs + c] * weights[j];
  }
  UNROLLED for (int r = 0; r < rows; ++r) UNROLLED for (int j = 0; j < width; ++j) AT(m + r * ms + j * LANES) = sums[r][j];
}

TARGET static void NAME(products)(ptrdiff_t rows, ptrdiff_t width, ptrdiff_t depth, const double *v, ptrdiff_t vs,
                                  const double *u, ptrdiff_t us, double *m, ptrdiff_t ms) {
#define ROWS(R)                                                                  \
  for (; rows >= R; rows -= R, v += R * vs, m += R * ms) {                       \
    switch (width) {                                                             \
      case 3: NAME(product)(R, 3, depth, v, vs, u, us, m, ms); break;            \
      case 2: NAME(product)(R, 2, depth, v, vs, u, us, m, ms); break;            \
      default: NAME(product)(R, 1, depth, v, vs, u, us, m, ms); break;           \
    }                                                                            \
  }
#if LANES == 8
  ROWS(8)
#endif
  ROWS(4)
  ROWS(2)
  ROWS(1)
#undef ROWS
}

// Runs of tiles in one line of one image: `count` of them from the place (line, start).
#define OVER_RUNS(...)                                                                               \
  for (ptrdiff_t t = first, count; t < last; t += count) {                                           \
    const ptrdiff_t image = t / (columns * lines), line = t / columns % lines * 4, start = t % columns * 4; \
    count = columns - t % columns < last - t ? columns - t % columns : last - t;                     \
    __VA_ARGS__                                                                                      \
  }

TARGET static void NAME(tiles)(const struct fbk_winograd *shape, const double *u, ptrdiff_t first, ptrdiff_t last,
                               const double *x, double *y, int32_t adds, double *scratch) {
  const ptrdiff_t lines = (shape->output[0] + 3) / 4, columns = (shape->output[1] + 3) / 4;
  const ptrdiff_t n0 = shape->input[0], n1 = shape->input[1], p0 = shape->output[0], p1 = shape->output[1];
  const ptrdiff_t vs = FILLED(shape->channels), ms = FILLED(shape->features);
  // One line of the cache more, lest all 36 planes fall into the same set of it.
  const ptrdiff_t vp = (last - first) * vs + 8, mp = (last - first) * ms + 8;
  double *v = scratch, *m = v + 36 * vp, *strip = m + 36 * mp;

  OVER_RUNS({
    const ptrdiff_t width = 4 * count + 2, left = start - shape->before[1];
    const ptrdiff_t low = left >= 0 ? 0 : (-left < width ? -left : width);
    const ptrdiff_t high = n1 - left < low ? low : (n1 - left < width ? n1 - left : width);
    for (ptrdiff_t c = 0; c < shape->channels; c += LANES) {
      const double *plane = x + image * shape->image + c * n0 * n1;
      for (ptrdiff_t i = 0; i < 6; ++i) {
        double *to = strip + i * width * LANES;
        const ptrdiff_t row = line + i - shape->before[0];
        const int inside = row >= 0 && row < n0 && low < high;
        memset(to, 0, (size_t)((inside ? low : width) * LANES) * sizeof(double));
        if (!inside) continue;
        NAME(join)(shape->channels - c, low, high, plane + row * n1 + left, n0 * n1, to);
        memset(to + high * LANES, 0, (size_t)((width - high) * LANES) * sizeof(double));
      }
      for (ptrdiff_t q = 0; q < width; ++q) {
        VECTOR d[6];
        UNROLLED for (int i = 0; i < 6; ++i) d[i] = SEEN(strip + (i * width + q) * LANES);
        NAME(spread)(d);
        UNROLLED for (int i = 0; i < 6; ++i) AT(strip + (i * width + q) * LANES) = d[i];
      }
      for (ptrdiff_t j = 0; j < count; ++j) {
        double *to = v + (t - first + j) * vs + c;
        for (int i = 0; i < 6; ++i) {
          VECTOR d[6];
          UNROLLED for (int k = 0; k < 6; ++k) d[k] = SEEN(strip + (i * width + 4 * j + k) * LANES);
          NAME(spread)(d);
          UNROLLED for (int k = 0; k < 6; ++k) AT(to + (6 * i + k) * vp) = d[k];
        }
      }
    }
  })

  const ptrdiff_t vectors = ms / LANES, panels = (vectors + 2) / 3;
  for (int k = 0; k < 36; ++k)
    for (ptrdiff_t panel = 0; panel < panels; ++panel) {
      const ptrdiff_t from = vectors * panel / panels, width = vectors * (panel + 1) / panels - from;
      NAME(products)(last - first, width, shape->channels, v + k * vp, vs, u + k * shape->channels * ms + from * LANES,
                     ms, m + k * mp + from * LANES, ms);
    }

  OVER_RUNS({
    const ptrdiff_t width = 4 * count, inside = p1 - start < width ? p1 - start : width;
    for (ptrdiff_t f = 0; f < shape->features; f += LANES) {
      for (ptrdiff_t j = 0; j < count; ++j) {
        const double *from = m + (t - first + j) * ms + f;
        VECTOR half[4][6];
        UNROLLED for (int i = 0; i < 6; ++i) {
          VECTOR seen[6], made[4];
          UNROLLED for (int k = 0; k < 6; ++k) seen[k] = SEEN(from + (6 * i + k) * mp);
          NAME(gather)(seen, made);
          UNROLLED for (int k = 0; k < 4; ++k) half[k][i] = made[k];
        }
        UNROLLED for (int k = 0; k < 4; ++k) {
          VECTOR made[4];
          NAME(gather)(half[k], made);
          UNROLLED for (int i = 0; i < 4; ++i) AT(strip + (i * width + 4 * j + k) * LANES) = made[i];
        }
      }
      double *to = y + image * shape->result + f * p0 * p1 + line * p1 + start;
      for (ptrdiff_t i = 0; i < 4 && line + i < p0; ++i)
        NAME(part)(shape->features - f, inside, strip + i * width * LANES, to + i * p1, p0 * p1, adds);
    }
  })
}
#undef OVER_RUNS
#undef VECTOR
#undef AT
#undef SEEN
