// Convolutions of 3 x 3 taps that step by single places, in double precision: Winograd's F(4x4, 3x3). Tiles of 4 x 4 places
// of the result are made from 6 x 6 of the operand by 36 products in place of 144. Rounding is some 50 times that of plain
// sums. Reference: lavin2016.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Images of `channels` x input[0] x input[1], `image` numbers apart, become ones of `features` x output[0] x output[1],
// `result` numbers apart. `before` is how far the first place of the window begins before the input.
struct fbk_winograd {
  ptrdiff_t channels, features, input[2], output[2], before[2], image, result;
};

// The routes that this processor has are 0 to this one, the fastest; every one gives the same but for rounding.
int32_t fbk_winograd_route(void);

// Tiles of one image; they are counted on from image to image.
ptrdiff_t fbk_winograd_tiles(const struct fbk_winograd *shape);

// How many numbers the transformed weights have, and how many are needed beside them for `tiles` tiles at a time.
ptrdiff_t fbk_winograd_weight_count(const struct fbk_winograd *shape);
ptrdiff_t fbk_winograd_scratch_count(const struct fbk_winograd *shape, ptrdiff_t tiles);

// u = the transformed weights. Taps of w lie side by side, features and channels `feature` and `channel` numbers apart;
// `flips` takes the taps in reverse, as the adjoint does.
void fbk_winograd_weights(int32_t route, const struct fbk_winograd *shape, const double *w, ptrdiff_t feature,
                          ptrdiff_t channel, int32_t flips, double *u);

// The places of y in tiles `first` to `last` become, or gain, those of the convolution of x.
void fbk_winograd(int32_t route, const struct fbk_winograd *shape, const double *u, ptrdiff_t first, ptrdiff_t last,
                  const double *x, double *y, int32_t adds, double *scratch);

#pragma clang assume_nonnull end
