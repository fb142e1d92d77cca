import CKernels

/// A window of taps that steps over the axes behind the first two: what convolutions and pools have in common.
struct Window: Sendable {
  /// The extents that the window steps over, and those of its places.
  var input: [Int]
  var output: [Int]
  /// How many taps the window has along each axis, how far it steps, and how far its taps lie apart.
  var taps: [Int]
  var strides: [Int]
  var dilations: [Int]
  /// How far the first place of the window begins before the input, and how far the padding reaches behind it.
  var before: [Int]
  var after: [Int]

  var tapCount: Int { taps.reduce(1, *) }
  var inputSize: Int { input.reduce(1, *) }
  var outputSize: Int { output.reduce(1, *) }

  /// The extent of the window with the gaps between its taps.
  static func span(taps: Int, dilation: Int) -> Int { (taps - 1) * dilation + 1 }

  /// The same for the kernels, which know three axes.
  var forKernels: fbk_window {
    func three(_ list: [Int], _ filler: Int) -> (Int, Int, Int) {
      let all = [Int](repeating: filler, count: 3 - list.count) + list
      return (all[0], all[1], all[2])
    }
    return fbk_window(
      input: three(input, 1), output: three(output, 1), taps: three(taps, 1), strides: three(strides, 1),
      dilations: three(dilations, 1), before: three(before, 0))
  }
}

/// A window as a node's parameters describe it.
struct WindowParameters: Sendable {
  enum Padding: String, Sendable {
    case explicit = "NOTSET"
    case sameUpper = "SAME_UPPER"
    case sameLower = "SAME_LOWER"
    case none = "VALID"
  }
  var taps: [Int]?
  var strides: [Int]?
  var dilations: [Int]?
  var pads: [Int]?
  var padding = Padding.explicit
  /// Whether a last place that is only partly inside counts too.
  var roundsUp = false

  /// The most taps, steps or padding along an axis: sums and products of a few of them stay whole numbers.
  private static let limit = largestElementCount

  init() {}

  init(_ given: Attributes) throws(NodeFault) {
    taps = try given.integers("kernel_shape")
    strides = try given.integers("strides")
    dilations = try given.integers("dilations")
    pads = try given.integers("pads")
    roundsUp = try given.flag("ceil_mode", default: false)
    let name = try given.text("auto_pad") ?? Padding.explicit.rawValue
    guard let padding = Padding(rawValue: name) else {
      throw NodeFault("attribute 'auto_pad' is '\(name)'; it must be NOTSET, SAME_UPPER, SAME_LOWER or VALID")
    }
    self.padding = padding
  }

  /// The axes behind samples and channels.
  static func places(_ shape: [Int]) throws(NodeFault) -> [Int] {
    guard shape.count >= 3 else { throw NodeFault("\(shape.written) has no axes behind samples and channels") }
    guard shape.count <= 5 else {
      throw NodeFault("\(shape.written) has \(shape.count - 2) axes behind samples and channels; at most 3 are known")
    }
    return Array(shape.dropFirst(2))
  }

  /// The numbers of a list parameter, each in a range; `standard` for each axis when there is none.
  static func checked(
    _ list: [Int]?, _ name: String, count: Int, in range: ClosedRange<Int>, standard: Int
  ) throws(NodeFault) -> [Int] {
    guard let list else { return [Int](repeating: standard, count: count) }
    guard list.count == count else {
      throw NodeFault("attribute '\(name)' has \(list.count) numbers; it must have \(count)")
    }
    for number in list where !range.contains(number) {
      throw NodeFault(
        "attribute '\(name)' contains \(number); it must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return list
  }

  /// Strides, dilations and pads, checked, for a window of so many axes.
  func steps(rank: Int) throws(NodeFault) -> (strides: [Int], dilations: [Int], before: [Int], after: [Int]) {
    let pads = try Self.checked(pads, "pads", count: 2 * rank, in: 0...Self.limit, standard: 0)
    return (
      try Self.checked(strides, "strides", count: rank, in: 1...Self.limit, standard: 1),
      try Self.checked(dilations, "dilations", count: rank, in: 1...Self.limit, standard: 1),
      Array(pads[..<rank]), Array(pads[rank...])
    )
  }

  /// The taps, checked; `known` are those of the weights, or all of the input's entries.
  func taps(known: [Int]?, rank: Int) throws(NodeFault) -> [Int] {
    if let taps, let known, taps != known {
      throw NodeFault("attribute 'kernel_shape' is \(taps.written); the weights have \(known.written)")
    }
    guard let list = taps ?? known else { throw NodeFault("attribute 'kernel_shape' is missing") }
    return try Self.checked(list, "kernel_shape", count: rank, in: 1...Self.limit, standard: 1)
  }

  /// The window over an input of these extents.
  func window(over input: [Int], taps known: [Int]? = nil) throws(NodeFault) -> Window {
    let rank = input.count
    let taps = try taps(known: known, rank: rank)
    let (strides, dilations, before, after) = try steps(rank: rank)
    var window = Window(
      input: input, output: [], taps: taps, strides: strides, dilations: dilations, before: before, after: after)
    for axis in 0..<rank {
      let span = Window.span(taps: taps[axis], dilation: dilations[axis])
      switch padding {
      case .sameUpper, .sameLower:
        let places = (input[axis] + strides[axis] - 1) / strides[axis]
        let total = max(0, (places - 1) * strides[axis] + span - input[axis])
        window.before[axis] = padding == .sameUpper ? total / 2 : total - total / 2
        window.after[axis] = total - window.before[axis]
        window.output.append(places)
      case .explicit, .none:
        if padding == .none { (window.before[axis], window.after[axis]) = (0, 0) }
        let room = input[axis] + window.before[axis] + window.after[axis] - span
        guard room >= 0 else {
          throw NodeFault(
            "a window that spans \(span) does not fit into the \(input[axis]) entries of axis \(axis + 2), padded to \(room + span)"
          )
        }
        var places = room / strides[axis] + 1
        // One more where the rest begins inside the input, or in the padding before it.
        if roundsUp, room % strides[axis] != 0, places * strides[axis] < input[axis] + window.before[axis] {
          places += 1
        }
        window.output.append(places)
      }
    }
    return window
  }
}
