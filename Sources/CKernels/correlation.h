// Included by kernels.c once for each instruction set and precision: T is the type, BYTES and ROWS are a vector's size and
// how many rows fit into the registers with three vectors each, TARGET compiles for the set, SET(f) is a function's name.

typedef T SET(vector) __attribute__((vector_size(BYTES), aligned(sizeof(T)), may_alias));
enum { SET(lanes) = BYTES / sizeof(T) };

// z (rows x 3 vectors) = w (rows x depth) times the vectors that begin at x + offsets[k].
#define TILE(R, C)                                                                                          \
  TARGET static void SET(tile_##R##_##C)(ptrdiff_t depth, const ptrdiff_t *offsets, const T *x, const T *w, \
                                         ptrdiff_t ws, T *z) {                                              \
    SET(vector) sum[R][C];                                                                                  \
    _Pragma("unroll") for (int r = 0; r < R; ++r)                                                           \
      _Pragma("unroll") for (int c = 0; c < C; ++c) sum[r][c] = (SET(vector)){0};                           \
    for (ptrdiff_t k = 0; k < depth; ++k) {                                                                 \
      const T *from = x + offsets[k];                                                                       \
      SET(vector) seen[C];                                                                                  \
      _Pragma("unroll") for (int c = 0; c < C; ++c) seen[c] = *(const SET(vector) *)(from + c * SET(lanes)); \
      _Pragma("unroll") for (int r = 0; r < R; ++r) {                                                       \
        const T weight = w[r * ws + k];                                                                     \
        _Pragma("unroll") for (int c = 0; c < C; ++c) sum[r][c] += weight * seen[c];                        \
      }                                                                                                     \
    }                                                                                                       \
    _Pragma("unroll") for (int r = 0; r < R; ++r)                                                           \
      _Pragma("unroll") for (int c = 0; c < C; ++c)                                                         \
        *(SET(vector) *)(z + (3 * r + c) * SET(lanes)) = sum[r][c];                                         \
  }
#define TILES(R) TILE(R, 1) TILE(R, 2) TILE(R, 3)
#if ROWS >= 8
TILES(8)
#endif
TILES(4)
TILES(2)
TILES(1)
#undef TILES
#undef TILE

TARGET void SET(correlate)(ptrdiff_t features, ptrdiff_t depth, const ptrdiff_t *offsets, ptrdiff_t lines,
                                  ptrdiff_t places, ptrdiff_t pitch, const T *x, const T *w, ptrdiff_t ws, T *y,
                                  ptrdiff_t ys, int32_t assign) {
#define ROW(R) {SET(tile_##R##_1), SET(tile_##R##_2), SET(tile_##R##_3)}
  static void (*const tiles[4][3])(ptrdiff_t, const ptrdiff_t *, const T *, const T *, ptrdiff_t, T *) = {
    ROW(1), ROW(2), ROW(4),
#if ROWS >= 8
    ROW(8),
#endif
  };
#undef ROW
  const ptrdiff_t lanes = SET(lanes), end = (lines - 1) * pitch + places;
  T z[ROWS * 3 * SET(lanes)];
  for (ptrdiff_t q = 0, stop; q < end; q = stop) {
    // Four vectors are two and two: a single one waits for its weights.
    const ptrdiff_t vectors = (end - q + lanes - 1) / lanes, columns = vectors == 4 ? 2 : vectors < 3 ? vectors : 3;
    stop = q + columns * lanes < end ? q + columns * lanes : end;
    // The last vectors begin earlier where they can, so that they do not reach beyond the end.
    const ptrdiff_t start = q + columns * lanes <= end || end < columns * lanes ? q : end - columns * lanes;
    for (ptrdiff_t f = 0, size = ROWS; f < features; f += size) {
      int kind = ROWS >= 8 ? 3 : 2;
      for (size = ROWS; size > features - f; size /= 2) --kind;
      tiles[kind][columns - 1](depth, offsets, x + start, w + f * ws, ws, z);
      // Of each line, what lies between its places and the pitch is of no use.
      for (ptrdiff_t at = q; at < stop;) {
        const ptrdiff_t line = at / pitch, place = at - line * pitch;
        const ptrdiff_t next = (line + 1) * pitch < stop ? (line + 1) * pitch : stop;
        const ptrdiff_t count = next - at < places - place ? next - at : places - place;
        for (ptrdiff_t r = 0; r < size; ++r) {
          T *to = y + (f + r) * ys + line * places + place;
          const T *from = z + r * 3 * lanes + (at - start);
          if (assign) {
            for (ptrdiff_t i = 0; i < count; ++i) to[i] = from[i];
          } else {
            for (ptrdiff_t i = 0; i < count; ++i) to[i] += from[i];
          }
        }
        at = next;
      }
    }
  }
}
