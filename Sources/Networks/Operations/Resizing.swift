/// An array with more or fewer entries along its axes, interpolated: `Resize` and its predecessor `Upsample`.
///
/// Where an entry of the result lies in the operand follows ONNX's definition of Resize; what lies outside in a cropped
/// region is `beyond`.
struct Resizing: SeparableOperation {
  enum Coordinates: String, Sendable {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case crop = "tf_crop_and_resize"
  }

  enum Policy: String, Sendable {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  let interpolation: Interpolation
  var coordinates = Coordinates.asymmetric
  var policy = Policy.stretch
  var beyond = 0.0
  var axes: [Int]?
  /// The growth of each axis, where it is a parameter.
  var scales: [Double]?
  /// Which operands hold the region, the scales and the sizes.
  var regionOperand: Int?
  var scalesOperand = 1
  var sizesOperand: Int?

  /// What happens along one axis.
  private struct Axis {
    var extent: Int
    var newExtent: Int
    /// What the result's length would be were it not cut to a whole number.
    var fullExtent: Double
    var scale = 1.0
    var region = (start: 0.0, end: 1.0)

    /// Where an entry of the result lies; `nil` outside the array.
    func coordinate(_ entry: Int, _ coordinates: Coordinates) -> Double? {
      // ONNX's own examples do not cut the length where corners are aligned and where a region is cropped; ONNX Runtime does.
      let (x, length, resized) = (Double(entry), Double(extent), fullExtent)
      let half = (x + 0.5) / scale - 0.5
      switch coordinates {
      case .halfPixel: return half
      // From the middle outwards, so that the middle itself is met without rounding.
      case .halfPixelSymmetric: return length / 2 + (x + 0.5 - Double(newExtent) / 2) / scale - 0.5
      case .pytorchHalfPixel: return newExtent > 1 ? half : 0
      case .alignCorners: return resized == 1 ? 0 : x * (length - 1) / (resized - 1)
      case .asymmetric: return x / scale
      case .crop:
        let span = (region.end - region.start) * (length - 1)
        let place = region.start * (length - 1) + (resized == 1 ? span / 2 : x * span / (resized - 1))
        return place >= 0 && place <= length - 1 ? place : nil
      }
    }

    var isIdentity: Bool { newExtent == extent && scale == 1 && region == (0, 1) }
  }

  private func resized<S>(_ operands: Operands<S>) throws(NodeFault) -> [Axis] {
    let shape = try operands.value(0).shape
    let axes = try resolvedAxes(axes ?? Array(shape.indices), rank: shape.count)
    var result = shape.map { Axis(extent: $0, newExtent: $0, fullExtent: Double($0)) }
    var sizes: [Int] = []
    if let sizesOperand { sizes = try operands.optionalWhole(sizesOperand)?.values ?? [] }
    var scales = scales ?? []
    if scales.isEmpty { scales = Double.converting(try operands.optionalReal(scalesOperand)?.values ?? []) }
    switch (scales, sizes) {
    case (let scales, []) where !scales.isEmpty || axes.isEmpty:
      guard scales.count == axes.count else {
        throw NodeFault("\(scales.count) scales are given for \(axes.count) axes")
      }
      for (scale, axis) in zip(scales, axes) {
        guard scale > 0, scale <= Double(largestElementCount) else {
          throw NodeFault("a scale of \(scale) is given; it must be above 0 and at most \(largestElementCount)")
        }
        result[axis].scale = scale
        // In the precision that scales are stored in: 0.7 of 10 entries are 7, not the 6 that its rounded value makes.
        result[axis].fullExtent = Double(Float(scale) * Float(shape[axis]))
        result[axis].newExtent = Int(result[axis].fullExtent)
      }
    case ([], let sizes) where !sizes.isEmpty: try resize(&result, axes, to: sizes)
    case ([], _): throw NodeFault("neither scales nor sizes are given")
    default: throw NodeFault("both scales and sizes are given")
    }
    if coordinates == .crop { try readRegion(&result, axes, operands) }
    _ = try elementCount(result.map(\.newExtent))
    return result
  }

  private func resize(_ result: inout [Axis], _ axes: [Int], to sizes: [Int]) throws(NodeFault) {
    guard sizes.count == axes.count else { throw NodeFault("\(sizes.count) sizes are given for \(axes.count) axes") }
    for (size, axis) in zip(sizes, axes) {
      guard (0...largestElementCount).contains(size) else {
        throw NodeFault("a size of \(size) is given; it must be from 0 to \(largestElementCount)")
      }
      guard result[axis].extent > 0 || size == 0 else {
        throw NodeFault("axis \(axis) has no entries that could be resized to \(size)")
      }
      result[axis].newExtent = size
      result[axis].fullExtent = Double(size)
      result[axis].scale = result[axis].extent == 0 ? 1 : Double(size) / Double(result[axis].extent)
    }
    guard policy != .stretch else { return }
    let all = axes.map { result[$0].scale }
    let scale = (policy == .notLarger ? all.min() : all.max()) ?? 1
    for axis in axes {
      let size = scale * Double(result[axis].extent)
      guard size <= Double(largestElementCount) else {
        throw NodeFault("a size of \(size) is beyond the limit of \(largestElementCount)")
      }
      (result[axis].scale, result[axis].fullExtent, result[axis].newExtent) = (scale, size, Int(size + 0.5))
    }
  }

  private func readRegion<S>(
    _ result: inout [Axis], _ axes: [Int], _ operands: Operands<S>
  ) throws(NodeFault) {
    guard let regionOperand, let region = try operands.optionalReal(regionOperand) else {
      throw NodeFault("the region to crop is missing")
    }
    let bounds = Double.converting(region.values)
    guard bounds.count == 2 * axes.count else {
      throw NodeFault("the region has \(bounds.count) bounds for \(axes.count) axes; each takes two")
    }
    for bound in bounds where !bound.isFinite { throw NodeFault("the region has a bound of \(bound)") }
    for (place, axis) in axes.enumerated() { result[axis].region = (bounds[place], bounds[place + axes.count]) }
  }

  func map<S>(of operands: Operands<S>) throws(NodeFault) -> SeparableMap {
    let resized = try resized(operands)
    var maps: [AxisMap?] = []
    for axis in resized {
      guard !axis.isIdentity else {
        maps.append(nil)
        continue
      }
      var map = AxisMap(extent: axis.extent)
      for entry in 0..<axis.newExtent {
        let place = axis.coordinate(entry, coordinates)
        try map.append(
          place.map { interpolation.terms(at: $0, extent: axis.extent, scale: axis.scale) } ?? [])
      }
      maps.append(map)
    }
    return SeparableMap(operandShape: resized.map(\.extent), maps: maps)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    var result = try map(of: operands).applied(to: try operands.real(0))
    guard coordinates == .crop, beyond != 0 else { return [.real(result)] }
    let filler = S(beyond)
    for (place, axis) in try resized(operands).enumerated() where !axis.isIdentity {
      let inner = result.shape[(place + 1)...].reduce(1, *)
      let outside = (0..<axis.newExtent).filter { axis.coordinate($0, coordinates) == nil }
      for block in 0..<result.shape[..<place].reduce(1, *) {
        for entry in outside {
          let start = (block * axis.newExtent + entry) * inner
          result.values.replaceSubrange(start..<(start + inner), with: repeatElement(filler, count: inner))
        }
      }
    }
    return [.real(result)]
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "Upsample": { given in
      Resizing(
        interpolation: try older(given), scales: given.opset < 9 ? try given.numbers("scales") ?? [] : nil)
    },
    "Resize": { given in
      guard given.opset >= 11 else { return Resizing(interpolation: try older(given)) }
      var interpolation = Interpolation(mode: .linear)
      switch try given.text("mode") ?? "nearest" {
      case "nearest":
        interpolation.mode = .nearest(try named(given, "nearest_mode", .preferFloor, not: .outwards))
      case "linear": break
      case "cubic": interpolation.mode = .cubic(try given.number("cubic_coeff_a", default: -0.75))
      case let name: throw NodeFault("attribute 'mode' is '\(name)'; it must be nearest, linear or cubic")
      }
      interpolation.widens = try given.flag("antialias", default: false)
      interpolation.excludesOutside = try given.flag("exclude_outside", default: false)
      return Resizing(
        interpolation: interpolation,
        coordinates: try named(given, "coordinate_transformation_mode", .halfPixel, not: nil),
        policy: try named(given, "keep_aspect_ratio_policy", .stretch, not: nil),
        beyond: try given.number("extrapolation_value", default: 0), axes: try given.integers("axes"),
        regionOperand: 1, scalesOperand: 2, sizesOperand: 3)
    },
  ]

  /// The interpolation before operator set 11.
  private static func older(_ given: Attributes) throws(NodeFault) -> Interpolation {
    switch try given.text("mode") ?? "nearest" {
    case "nearest": return Interpolation(mode: .nearest(.outwards))
    case "linear", "bilinear": return Interpolation(mode: .linear)
    case let name: throw NodeFault("attribute 'mode' is '\(name)'; it must be nearest or linear")
    }
  }

  /// A choice that a parameter names.
  private static func named<Choice: RawRepresentable<String> & Equatable>(
    _ given: Attributes, _ name: String, _ standard: Choice, not forbidden: Choice?
  ) throws(NodeFault) -> Choice {
    guard let text = try given.text(name) else { return standard }
    guard let choice = Choice(rawValue: text), choice != forbidden else {
      throw NodeFault("attribute '\(name)' is '\(text)', which is not known")
    }
    return choice
  }
}
