#include <zlib.h>
// inflateInit2 and deflateInit2 are macros, which Swift does not see. Negative window bits mean raw deflate (zip members).
static inline int fieldbook_inflate_init_raw(z_stream *stream) { return inflateInit2(stream, -15); }
static inline int fieldbook_deflate_init_raw(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}
