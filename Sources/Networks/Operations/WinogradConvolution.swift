import CKernels
import Synchronization

/// A convolution of 3 × 3 taps that step by single places, on many images, in double precision: a quarter of the
/// multiplications, as Winograd found.
///
/// The transformed weights have four times the size of the weights; they are made for each way when first needed and kept.
/// Results agree with ``ConvolutionPlan``'s to rounding, some fifty times that of plain sums; where those are exactly 0 for
/// lack of anything to see, these may be rounding.
///
/// References: lavin2016.
final class WinogradConvolution: Sendable {
  private let plan: ConvolutionPlan
  private let weights: [Double]
  private let route: Int32
  private let made = Mutex<(forward: [Double]?, back: [Double]?)>((nil, nil))

  /// How many bytes one processor's tiles may take between transforms and products: they stay in its cache.
  private static let tileBytes = 1 << 19

  /// `nil` where tiles would not save much: narrow groups, few places, other windows.
  ///
  /// `route` chooses among what the processor can do, see ``routes``.
  init?(_ plan: ConvolutionPlan, weights: [Double], route: Int32 = WinogradConvolution.routes.upperBound) {
    let window = plan.window
    guard window.taps == [3, 3], window.strides == [1, 1], window.dilations == [1, 1], plan.channels >= 8,
      plan.features >= 8, weights.count == plan.groups * plan.features * plan.channels * 9
    else { return nil }
    for places in [window.input, window.output] {
      let tiles = places.map { ($0 + 3) / 4 }.reduce(1, *)
      guard 6 * tiles <= places.reduce(1, *) else { return nil }
    }
    self.plan = plan
    self.weights = weights
    self.route = route
  }

  /// The kernels that this processor has, the fastest last.
  static var routes: ClosedRange<Int32> { 0...fbk_winograd_route() }

  /// y = W x for every image, or x = Wᵀ y.
  func apply(
    to given: UnsafePointer<Double>, images: Int, into target: UnsafeMutablePointer<Double>, isForward: Bool
  ) {
    let shape = shape(isForward: isForward)
    let weights = transformed(shape, isForward: isForward)
    let tileBytes = 36 * (shape.channels + shape.features) * MemoryLayout<Double>.stride
    let part = max(8, min(64, Self.tileBytes / tileBytes / 8 * 8))
    let perImage = withUnsafePointer(to: shape) { fbk_winograd_tiles($0) }
    let (weightCount, tiles) = (weights.count / plan.groups, images * perImage)
    let parts = (tiles + part - 1) / part
    weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      Processors.share(parts * plan.groups, grain: 1) { items in
        withUnsafePointer(to: shape) { shape in
          let scratch = Scratch<Double>(fbk_winograd_scratch_count(shape, part))
          for item in items {
            let (group, first) = (item / parts, item % parts * part)
            fbk_winograd(
              route, shape, weights + group * weightCount, first, min(tiles, first + part),
              given + group * shape.pointee.channels * shape.pointee.input.0 * shape.pointee.input.1,
              target + group * shape.pointee.features * shape.pointee.output.0 * shape.pointee.output.1, 0,
              scratch.base)
          }
        }
      }
    }
  }

  /// The adjoint is a convolution too: from what the window gives to what it takes, with the taps in reverse.
  private func shape(isForward: Bool) -> fbk_winograd {
    let window = plan.window
    let (input, output) = ((window.input[0], window.input[1]), (window.output[0], window.output[1]))
    let before = (window.before[0], window.before[1])
    return isForward
      ? fbk_winograd(
        channels: plan.channels, features: plan.features, input: input, output: output, before: before,
        image: plan.xSize, result: plan.ySize)
      : fbk_winograd(
        channels: plan.features, features: plan.channels, input: output, output: input,
        before: (2 - before.0, 2 - before.1), image: plan.ySize, result: plan.xSize)
  }

  private func transformed(_ shape: fbk_winograd, isForward: Bool) -> [Double] {
    made.withLock { made in
      if let known = isForward ? made.forward : made.back { return known }
      let size = withUnsafePointer(to: shape) { fbk_winograd_weight_count($0) }
      let (row, own) = (plan.channels * 9, plan.features * plan.channels * 9)
      let new = NDArray<Double>(shape: [plan.groups, size]) { target in
        withUnsafePointer(to: shape) { shape in
          weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress else { return }
            for group in 0..<plan.groups {
              fbk_winograd_weights(
                route, shape, weights + group * own, isForward ? row : 9, isForward ? 9 : row, isForward ? 0 : 1,
                target + group * size)
            }
          }
        }
      }.values
      if isForward { made.forward = new } else { made.back = new }
      return new
    }
  }
}
