import CKernels

/// A convolution as a linear map between stacks of images, and its adjoint: weights times what a window's taps see.
///
/// Shapes: `x` images × channels × places, `y` images × features × places of the window, weights features × channels of a
/// group × taps.
struct ConvolutionPlan: Sendable {
  let window: Window
  let groups: Int
  /// The channels and the features of each group.
  let channels: Int
  let features: Int

  /// The most elements of an unfolded stretch: it stays in the cache between its making and its product.
  private static let stretch = 1 << 16

  var xSize: Int { groups * channels * window.inputSize }
  var ySize: Int { groups * features * window.outputSize }
  /// The numbers that one feature weighs.
  private var depth: Int { channels * window.tapCount }
  private var weightCount: Int { groups * features * depth }
  private var width: Int { window.output.last ?? 1 }
  private var lineCount: Int { window.output.dropLast().reduce(1, *) }

  /// Whether the window sees single places in their order, so that nothing needs to be unfolded.
  private var isPointwise: Bool {
    window.tapCount == 1 && window.strides.allSatisfy { $0 == 1 } && window.input == window.output
      && window.before.allSatisfy { $0 == 0 }
  }

  init(window: Window, groups: Int, channels: Int, features: Int) throws(NodeFault) {
    self.window = window
    self.groups = groups
    self.channels = channels
    self.features = features
    let (unfolded, overflows) = window.tapCount.multipliedReportingOverflow(by: window.output.last ?? 1)
    guard !overflows, unfolded <= 1 << 24 else {
      throw NodeFault(
        "a window of \(window.taps.written) over \(window.input.written) is beyond the limit of \(1 << 24) numbers unfolded"
      )
    }
  }

  /// Lines of places and channels that are unfolded at once.
  private var tile: (lines: Int, channels: Int) {
    let line = max(1, window.tapCount * width)
    let channels = max(1, min(channels, Self.stretch / line))
    return (max(1, min(lineCount, Self.stretch / (line * channels))), channels)
  }

  // MARK: Both ways

  /// y += W x for every image.
  func apply<S: NetworkScalar>(
    _ weights: UnsafePointer<S>, to x: UnsafePointer<S>, images: Int, addingTo y: UnsafeMutablePointer<S>
  ) {
    guard xSize > 0, ySize > 0, images > 0 else { return }
    let parts = (Processors.count + images * groups - 1) / (images * groups)
    if let plan = CorrelationPlan(window, channels: channels, limit: Self.stretch, parts: parts) {
      correlate(plan, weights, to: x, images: images, addingTo: y)
    } else {
      unfoldAndMultiply(weights, to: x, images: images, addingTo: y)
    }
  }

  private func correlate<S: NetworkScalar>(
    _ plan: CorrelationPlan, _ weights: UnsafePointer<S>, to x: UnsafePointer<S>, images: Int,
    addingTo y: UnsafeMutablePointer<S>
  ) {
    let stretches = (lineCount + plan.lines - 1) / plan.lines
    let work = max(1, features * depth * plan.lines * width)
    Processors.share(images * groups * stretches, grain: max(1, (1 << 17) / work)) { items in
      let scratch = Scratch<S>(plan.scratchCount)
      for item in items {
        let (block, stretch) = (item / stretches, item % stretches)
        let (image, group) = (block / groups, block % groups)
        let lines = (stretch * plan.lines)..<min(lineCount, (stretch + 1) * plan.lines)
        for first in stride(from: 0, to: channels, by: plan.channels) {
          plan.add(
            weights + group * features * depth + first * window.tapCount, stride: depth, features: features,
            to: x + image * xSize + (group * channels + first) * window.inputSize,
            channels: min(plan.channels, channels - first), places: lines,
            into: y + image * ySize + group * features * window.outputSize, scratch: scratch.base)
        }
      }
    }
  }

  private func unfoldAndMultiply<S: NetworkScalar>(
    _ weights: UnsafePointer<S>, to x: UnsafePointer<S>, images: Int, addingTo y: UnsafeMutablePointer<S>
  ) {
    let tile = tile
    let stretches = (lineCount + tile.lines - 1) / tile.lines
    let work = max(1, features * depth * tile.lines * width)
    let places = window.outputSize
    Processors.share(images * groups * stretches, grain: max(1, (1 << 17) / work)) { items in
      let scratch = isPointwise ? nil : Scratch<S>(tile.channels * window.tapCount * tile.lines * width)
      for item in items {
        let (block, stretch) = (item / stretches, item % stretches)
        let (image, group) = (block / groups, block % groups)
        let lines = (stretch * tile.lines)..<min(lineCount, (stretch + 1) * tile.lines)
        let source = x + image * xSize + group * channels * window.inputSize
        let target = y + image * ySize + group * features * places + lines.lowerBound * width
        let left = weights + group * features * depth
        for first in stride(from: 0, to: channels, by: tile.channels) {
          let count = min(tile.channels, channels - first)
          let seen: UnsafePointer<S>
          if let scratch {
            unfold(source + first * window.inputSize, channels: count, lines: lines, into: scratch.base)
            seen = UnsafePointer(scratch.base)
          } else {
            seen = source + first * places + lines.lowerBound * width
          }
          S.kernels.multiply(
            MatrixCall(
              rows: features, columns: lines.count * width, depth: count * window.tapCount,
              left: left + first * window.tapCount, leftStride: depth, right: seen,
              rightStride: scratch == nil ? places : lines.count * width, result: target, resultStride: places,
              accumulates: true))
        }
      }
    }
  }

  /// x = Wᵀ y for every image; where `x` has something already, it is added to that, as it must have.
  func applyAdjoint<S: NetworkScalar>(
    _ weights: UnsafePointer<S>, to y: UnsafePointer<S>, images: Int, addingTo x: UnsafeMutablePointer<S>
  ) {
    guard xSize > 0, ySize > 0, images > 0 else { return }
    if let mirrored {
      let turned = turned(weights)
      turned.withUnsafeBufferPointer { turned in
        guard let turned = turned.baseAddress else { return }
        mirrored.apply(turned, to: y, images: images, addingTo: x)
      }
      return
    }
    let tile = tile
    let stretches = (channels + tile.channels - 1) / tile.channels
    let work = max(1, features * tile.channels * window.tapCount * window.outputSize)
    let places = window.outputSize
    Processors.share(images * groups * stretches, grain: max(1, (1 << 17) / work)) { items in
      let scratch = isPointwise ? nil : Scratch<S>(tile.channels * window.tapCount * tile.lines * width)
      for item in items {
        let (block, stretch) = (item / stretches, item % stretches)
        let (image, group) = (block / groups, block % groups)
        let first = stretch * tile.channels
        let count = min(tile.channels, channels - first)
        let target = x + image * xSize + (group * channels + first) * window.inputSize
        let left = weights + group * features * depth + first * window.tapCount
        for start in stride(from: 0, to: lineCount, by: tile.lines) {
          let lines = start..<min(lineCount, start + tile.lines)
          let columns = lines.count * width
          S.kernels.multiply(
            MatrixCall(
              rows: count * window.tapCount, columns: columns, depth: features, left: left, leftStride: depth,
              transposesLeft: true, right: y + image * ySize + group * features * places + start * width,
              rightStride: places, result: scratch?.base ?? (target + start * width),
              resultStride: scratch == nil ? places : columns, accumulates: scratch == nil))
          if let scratch {
            withUnsafePointer(to: window.forKernels) {
              S.kernels.fold(
                count, $0, lines.lowerBound, lines.upperBound, UnsafePointer(scratch.base), columns, target)
            }
          }
        }
      }
    }
  }

  /// The adjoint as a convolution, where the window steps over every place: with channels and features exchanged and the
  /// order of the taps turned.
  private var mirrored: ConvolutionPlan? {
    guard window.tapCount > 1, window.strides.allSatisfy({ $0 == 1 }) else { return nil }
    var turned = window
    turned.input = window.output
    turned.output = window.input
    for axis in window.taps.indices {
      turned.before[axis] = (window.taps[axis] - 1) * window.dilations[axis] - window.before[axis]
      turned.after[axis] = (window.taps[axis] - 1) * window.dilations[axis] - window.after[axis]
      guard turned.before[axis] >= 0 else { return nil }
    }
    return try? ConvolutionPlan(window: turned, groups: groups, channels: features, features: channels)
  }

  /// The weights of ``mirrored``.
  private func turned<S: NetworkScalar>(_ weights: UnsafePointer<S>) -> [S] {
    let taps = window.tapCount
    return NDArray<S>(shape: [weightCount]) { target in
      S.kernels.copy(
        4, [groups, channels, features, taps], weights + (taps - 1), [features * depth, taps, depth, -1], target,
        [features * depth, features * taps, taps, 1])
    }.values
  }

  /// The weights' cotangent: the sum over images of y times what the taps see of x, added to `weights`.
  func addWeights<S: NetworkScalar>(
    seeing x: UnsafePointer<S>, for y: UnsafePointer<S>, images: Int, to weights: UnsafeMutablePointer<S>
  ) {
    guard xSize > 0, ySize > 0 else { return }
    let tile = tile
    let places = window.outputSize
    let scratch = Scratch<S>(tile.channels * window.tapCount * tile.lines * width)
    for block in 0..<(images * groups) {
      let (image, group) = (block / groups, block % groups)
      let source = x + image * xSize + group * channels * window.inputSize
      for start in stride(from: 0, to: lineCount, by: tile.lines) {
        let lines = start..<min(lineCount, start + tile.lines)
        for first in stride(from: 0, to: channels, by: tile.channels) {
          let count = min(tile.channels, channels - first)
          unfold(source + first * window.inputSize, channels: count, lines: lines, into: scratch.base)
          S.kernels.multiply(
            MatrixCall(
              rows: features, columns: count * window.tapCount, depth: lines.count * width,
              left: y + image * ySize + group * features * places + start * width, leftStride: places,
              right: UnsafePointer(scratch.base), rightStride: lines.count * width, transposesRight: true,
              result: weights + group * features * depth + first * window.tapCount, resultStride: depth,
              accumulates: true))
        }
      }
    }
  }

  private func unfold<S: NetworkScalar>(
    _ x: UnsafePointer<S>, channels: Int, lines: Range<Int>, into target: UnsafeMutablePointer<S>
  ) {
    withUnsafePointer(to: window.forKernels) {
      S.kernels.unfold(channels, $0, lines.lowerBound, lines.upperBound, x, target, lines.count * width)
    }
  }
}

/// Numbers that are needed for a while.
final class Scratch<S: NetworkScalar> {
  let base: UnsafeMutablePointer<S>
  init(_ count: Int) { base = .allocate(capacity: max(1, count)) }
  deinit { base.deallocate() }
}
