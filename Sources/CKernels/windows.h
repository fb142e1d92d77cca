// Included by kernels.c once for each precision: convolutions, pools and maps along an axis.

// The same number of terms for each entry of a line.
INLINE void NAME(mix_line)(const int terms, ptrdiff_t to, const ptrdiff_t *index, const double *weights, const T *x, T *z) {
  for (ptrdiff_t j = 0; j < to; ++j) {
    T sum = (T)weights[terms * j] * x[index[terms * j]];
    for (int t = 1; t < terms; ++t) sum += (T)weights[terms * j + t] * x[index[terms * j + t]];
    z[j] = sum;
  }
}

CLONES void NAME(fbk_mix)(ptrdiff_t outer, ptrdiff_t from, ptrdiff_t to, ptrdiff_t inner, const ptrdiff_t *starts,
                          const ptrdiff_t *index, const double *weights, const T *x, T *z) {
  ptrdiff_t terms = to > 0 ? starts[1] : 0;
  for (ptrdiff_t j = 0; j < to; ++j)
    if (starts[j + 1] - starts[j] != terms) terms = 0;
  for (ptrdiff_t o = 0; o < outer; ++o, x += from * inner) {
    if (inner == 1 && (terms == 1 || terms == 2)) {
      if (terms == 1) NAME(mix_line)(1, to, index, weights, x, z);
      else NAME(mix_line)(2, to, index, weights, x, z);
      z += to;
      continue;
    }
    if (inner == 1) {
      for (ptrdiff_t j = 0; j < to; ++j) {
        T sum = 0;
        for (ptrdiff_t t = starts[j]; t < starts[j + 1]; ++t) sum += (T)weights[t] * x[index[t]];
        *z++ = sum;
      }
      continue;
    }
    for (ptrdiff_t j = 0; j < to; ++j, z += inner) {
      const ptrdiff_t first = starts[j], last = starts[j + 1];
      if (first == last) {
        memset(z, 0, (size_t)inner * sizeof(T));
        continue;
      }
      const T *start = x + index[first] * inner;
      const T factor = (T)weights[first];
      for (ptrdiff_t i = 0; i < inner; ++i) z[i] = factor * start[i];
      for (ptrdiff_t t = first + 1; t < last; ++t) {
        const T *source = x + index[t] * inner;
        const T weight = (T)weights[t];
        for (ptrdiff_t i = 0; i < inner; ++i) z[i] += weight * source[i];
      }
    }
  }
}

// The places along an axis at which a tap looks inside: from *low up to *high.
INLINE void NAME(inside)(const struct fbk_window *w, int axis, ptrdiff_t tap, ptrdiff_t *low, ptrdiff_t *high) {
  const ptrdiff_t shift = tap * w->dilations[axis] - w->before[axis], step = w->strides[axis];
  ptrdiff_t first = shift >= 0 ? 0 : (-shift + step - 1) / step;
  ptrdiff_t end = w->input[axis] - shift <= 0 ? 0 : (w->input[axis] - shift + step - 1) / step;
  if (first > w->output[axis]) first = w->output[axis];
  if (end > w->output[axis]) end = w->output[axis];
  *low = first;
  *high = end < first ? first : end;
}

// Walks channels, taps and lines; `from` is where the line's tap looks in x (0 where it looks outside), `to` the line in z.
#define OVER_TAPS(X, Z, ...)                                                                              \
  const ptrdiff_t size = w->input[0] * w->input[1] * w->input[2], width = w->output[2], step = w->strides[2]; \
  for (ptrdiff_t c = 0; c < channels; ++c, x += size)                                                     \
    for (ptrdiff_t k0 = 0; k0 < w->taps[0]; ++k0)                                                         \
      for (ptrdiff_t k1 = 0; k1 < w->taps[1]; ++k1)                                                       \
        for (ptrdiff_t k2 = 0; k2 < w->taps[2]; ++k2, z += zs) {                                          \
          ptrdiff_t low, high;                                                                            \
          NAME(inside)(w, 2, k2, &low, &high);                                                            \
          const ptrdiff_t shift = k2 * w->dilations[2] - w->before[2] + low * step;                       \
          Z *to = z;                                                                                      \
          for (ptrdiff_t line = first; line < last; ++line, to += width) {                                \
            const ptrdiff_t i = line / w->output[1] * w->strides[0] + k0 * w->dilations[0] - w->before[0]; \
            const ptrdiff_t j = line % w->output[1] * w->strides[1] + k1 * w->dilations[1] - w->before[1]; \
            const int inside = i >= 0 && i < w->input[0] && j >= 0 && j < w->input[1] && low < high;      \
            X *from = inside ? x + (i * w->input[1] + j) * w->input[2] + shift : 0;                       \
            __VA_ARGS__                                                                                   \
          }                                                                                               \
        }

CLONES void NAME(fbk_unfold)(ptrdiff_t channels, const struct fbk_window *w, ptrdiff_t first, ptrdiff_t last,
                             const T *x, T *z, ptrdiff_t zs) {
  OVER_TAPS(const T, T, {
    if (!from) {
      memset(to, 0, (size_t)width * sizeof(T));
      continue;
    }
    for (ptrdiff_t p = 0; p < low; ++p) to[p] = 0;
    if (step == 1) {
      memcpy(to + low, from, (size_t)(high - low) * sizeof(T));
    } else {
      for (ptrdiff_t p = low; p < high; ++p) to[p] = from[(p - low) * step];
    }
    for (ptrdiff_t p = high; p < width; ++p) to[p] = 0;
  })
}

CLONES void NAME(fbk_fold)(ptrdiff_t channels, const struct fbk_window *w, ptrdiff_t first, ptrdiff_t last,
                           const T *z, ptrdiff_t zs, T *x) {
  OVER_TAPS(T, const T, {
    if (!from) continue;
    if (step == 1) {
      for (ptrdiff_t p = low; p < high; ++p) from[p - low] += to[p];
    } else {
      for (ptrdiff_t p = low; p < high; ++p) from[(p - low) * step] += to[p];
    }
  })
}
#undef OVER_TAPS

// The taps of the window at one place of an axis that look inside.
INLINE void NAME(taps)(const struct fbk_window *w, int axis, ptrdiff_t place, ptrdiff_t *low, ptrdiff_t *high) {
  const ptrdiff_t start = place * w->strides[axis] - w->before[axis], step = w->dilations[axis];
  ptrdiff_t first = start >= 0 ? 0 : (-start + step - 1) / step;
  ptrdiff_t end = w->input[axis] - start <= 0 ? 0 : (w->input[axis] - start + step - 1) / step;
  *low = first;
  *high = end < w->taps[axis] ? end : w->taps[axis];
}

CLONES int32_t NAME(fbk_largest)(ptrdiff_t channels, const struct fbk_window *w, const T *x, T *y,
                                 ptrdiff_t *places) {
  const ptrdiff_t n1 = w->input[1], n2 = w->input[2], size = w->input[0] * n1 * n2;
  for (ptrdiff_t c = 0; c < channels; ++c, x += size)
    for (ptrdiff_t p0 = 0; p0 < w->output[0]; ++p0)
      for (ptrdiff_t p1 = 0; p1 < w->output[1]; ++p1)
        for (ptrdiff_t p2 = 0; p2 < w->output[2]; ++p2) {
          ptrdiff_t low[3], high[3], found = -1;
          NAME(taps)(w, 0, p0, &low[0], &high[0]);
          NAME(taps)(w, 1, p1, &low[1], &high[1]);
          NAME(taps)(w, 2, p2, &low[2], &high[2]);
          T top = 0;
          for (ptrdiff_t k0 = low[0]; k0 < high[0]; ++k0)
            for (ptrdiff_t k1 = low[1]; k1 < high[1]; ++k1) {
              const ptrdiff_t i = p0 * w->strides[0] + k0 * w->dilations[0] - w->before[0];
              const ptrdiff_t j = p1 * w->strides[1] + k1 * w->dilations[1] - w->before[1];
              const ptrdiff_t line = (i * n1 + j) * n2 + p2 * w->strides[2] - w->before[2];
              for (ptrdiff_t k2 = low[2]; k2 < high[2]; ++k2) {
                const ptrdiff_t at = line + k2 * w->dilations[2];
                if (found < 0 || x[at] > top || (x[at] != x[at] && top == top)) {
                  top = x[at];
                  found = at;
                }
              }
            }
          if (found < 0) return 0;
          *y++ = top;
          *places++ = found;
        }
  return 1;
}

CLONES void NAME(fbk_spread)(ptrdiff_t channels, const struct fbk_window *w, ptrdiff_t first, ptrdiff_t last, const T *x,
                             T *z) {
  const ptrdiff_t s1 = w->strides[1], s2 = w->strides[2], n1 = w->input[1], n2 = w->input[2];
  const ptrdiff_t span1 = (w->taps[1] - 1) * w->dilations[1], span2 = (w->taps[2] - 1) * w->dilations[2];
  const ptrdiff_t rows = last - first + span1 / s1, pitch = w->output[2] + span2 / s2;
  for (ptrdiff_t c = 0; c < channels; ++c, x += n1 * n2)
    for (ptrdiff_t phase1 = 0; phase1 < s1 && phase1 <= span1; ++phase1)
      for (ptrdiff_t phase2 = 0; phase2 < s2 && phase2 <= span2; ++phase2) {
        // Column j sees place j s2 - shift.
        const ptrdiff_t shift = w->before[2] - phase2;
        ptrdiff_t low = shift > 0 ? (shift + s2 - 1) / s2 : 0, high = n2 + shift > 0 ? (n2 + shift + s2 - 1) / s2 : 0;
        high = high < pitch ? high : pitch;
        low = low < high ? low : high;
        for (ptrdiff_t r = 0; r < rows; ++r, z += pitch) {
          const ptrdiff_t line = (first + r) * s1 + phase1 - w->before[1];
          if (line < 0 || line >= n1) {
            memset(z, 0, (size_t)pitch * sizeof(T));
            continue;
          }
          const T *from = x + line * n2 - shift;
          for (ptrdiff_t j = 0; j < low; ++j) z[j] = 0;
          if (s2 == 1) {
            memcpy(z + low, from + low, (size_t)(high - low) * sizeof(T));
          } else {
            for (ptrdiff_t j = low; j < high; ++j) z[j] = from[j * s2];
          }
          for (ptrdiff_t j = high; j < pitch; ++j) z[j] = 0;
        }
      }
}
