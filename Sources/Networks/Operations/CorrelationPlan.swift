import CKernels

/// A convolution over one or two axes without unfolding: each stretch of an operand is padded once, and every tap sees it
/// at a shift of its own.
struct CorrelationPlan: Sendable {
  private let window: Window
  /// Lines of places and channels that are taken at once.
  let lines: Int
  let channels: Int
  /// How far the padded lines lie apart.
  private let pitch: Int
  /// The elements of one channel's stretch.
  private let plane: Int
  /// Where each tap of each channel begins to see.
  private let offsets: [Int]

  /// `nil` where unfolding takes less: over three axes, for single places, and where taps lie far apart.
  ///
  /// A stretch has no more than `limit` elements if it can, and there are at least `parts` of them.
  init?(_ window: Window, channels: Int, limit: Int, parts: Int) {
    let three = window.forKernels
    guard three.input.0 == 1, three.output.0 == 1, three.taps.0 == 1, window.tapCount > 1 else { return nil }
    let taps = (three.taps.1, three.taps.2)
    let (dilations, strides) = ((three.dilations.1, three.dilations.2), (three.strides.1, three.strides.2))
    let spans = ((taps.0 - 1) * dilations.0, (taps.1 - 1) * dilations.1)
    let phases = (min(strides.0, spans.0 + 1), min(strides.1, spans.1 + 1))
    let (lineCount, width) = (three.output.1, three.output.2)
    // What one more line takes, and what the taps' reach takes once.
    let reach = spans.0 / strides.0
    guard spans.0 < limit, spans.1 < limit, width < limit else { return nil }
    let pitch = width + spans.1 / strides.1
    let line = phases.0 * phases.1 * pitch
    guard line * (1 + reach) <= limit else { return nil }
    let wanted = min(lineCount, max(1, (lineCount + parts - 1) / parts))
    let least = min(wanted, 4)
    self.channels = max(1, min(channels, limit / (line * (least + reach))))
    lines = max(1, min(wanted, limit / (line * self.channels) - reach))
    guard line * (lines + reach) <= window.tapCount * lines * width else { return nil }
    self.window = window
    self.pitch = pitch
    let rows = lines + reach
    let plane = line * rows
    self.plane = plane
    // Where each tap sees the first channel.
    let shifts = (0..<(taps.0 * taps.1)).map { tap in
      let shift = (tap / taps.1 * dilations.0, tap % taps.1 * dilations.1)
      let phase = (shift.0 % strides.0) * phases.1 + shift.1 % strides.1
      return phase * rows * pitch + shift.0 / strides.0 * pitch + shift.1 / strides.1
    }
    var offsets: [Int] = []
    offsets.reserveCapacity(self.channels * shifts.count)
    for channel in 0..<self.channels {
      for shift in shifts { offsets.append(channel * plane + shift) }
    }
    self.offsets = offsets
  }

  /// The elements that `add` needs for its own use.
  var scratchCount: Int { channels * plane + FBK_OVERREAD }

  /// y += W x for the places of some lines, at most ``lines``, and some channels, at most ``channels``.
  ///
  /// Lines of the weights lie `stride` apart.
  func add<S: NetworkScalar>(
    _ weights: UnsafePointer<S>, stride: Int, features: Int, to x: UnsafePointer<S>, channels: Int, places: Range<Int>,
    into y: UnsafeMutablePointer<S>, scratch: UnsafeMutablePointer<S>
  ) {
    withUnsafePointer(to: window.forKernels) {
      S.kernels.spread(channels, $0, places.lowerBound, places.lowerBound + lines, x, scratch)
    }
    let width = window.output.last ?? 1
    S.kernels.correlate(
      features, channels * window.tapCount, offsets, places.count, width, pitch, scratch, weights, stride,
      y + places.lowerBound * width, window.outputSize, 0)
  }
}
