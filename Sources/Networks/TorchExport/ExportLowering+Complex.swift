import Foundation

extension ExportLowering {
  /// Complex numbers as pairs, and Fourier transforms as products with the matrices of their roots of unity.
  static let complexRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    add(["view_as_real.default", "view_as_complex.default", "view_as_real_copy.default"]) { call throws(NetworkError) in
      [try call.tensor("self")]
    }
    add(["complex.default"]) { call throws(NetworkError) in
      [call.result(call.pair(try call.realArgument("real").name, try call.realArgument("imag").name), .complex)]
    }
    add(["polar.default"]) { call throws(NetworkError) in
      let (size, angle) = (try call.realArgument("abs"), try call.realArgument("angle"))
      let real = call.emit("Mul", [size.name, call.emit("Cos", [angle.name])])
      let imaginary = call.emit("Mul", [size.name, call.emit("Sin", [angle.name])])
      return [call.result(call.pair(real, imaginary), .complex)]
    }
    add(["real.default", "imag.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      if x.kind != .complex, call.target == "aten.real.default" { return [x] }
      let parts = call.parts(call.cast(x, to: .complex))
      return [call.target == "aten.real.default" ? parts.real : parts.imaginary]
    }
    add(["conj.default", "_conj.default", "conj_physical.default", "_conj_physical.default"]) {
      call throws(NetworkError) in
      let x = try call.tensor("self")
      return [x.kind == .complex ? call.conjugate(x) : x]
    }
    add(["abs.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      guard x.kind == .complex else { return [call.result(call.emit("Abs", [x.name]), x.kind)] }
      return [call.result(call.emit("ReduceL2", [x.name, call.constant([-1])], ["keepdims": .integer(0)]))]
    }
    add(["exp.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      guard x.kind == .complex else { return [call.result(call.emit("Exp", [call.cast(x, to: .real).name]))] }
      let (real, imaginary) = call.parts(x)
      let size = call.emit("Exp", [real.name])
      let angles = call.pair(call.emit("Cos", [imaginary.name]), call.emit("Sin", [imaginary.name]))
      return [call.result(call.emit("Mul", [angles, call.unsqueeze(size, [-1])]), .complex)]
    }
    add(["fft_rfft.default"]) { call throws(NetworkError) in try call.transform(.forwardHalf) }
    add(["fft_irfft.default"]) { call throws(NetworkError) in try call.transform(.backHalf) }
    add(["fft_fft.default"]) { call throws(NetworkError) in try call.transform(.forward) }
    add(["fft_ifft.default"]) { call throws(NetworkError) in try call.transform(.back) }
    add(["_fft_r2c.default", "_fft_c2r.default", "_fft_c2c.default"]) { call throws(NetworkError) in
      switch call.target {
      case "aten._fft_r2c.default":
        return try call.transform(try call.flag("onesided", default: true) ? .forwardHalf : .forward)
      case "aten._fft_c2r.default": return try call.transform(.backHalf)
      default: return try call.transform(try call.flag("forward", default: true) ? .forward : .back)
      }
    }
    return rules
  }()

  mutating func pair(_ real: String, _ imaginary: String) -> String {
    emit("Concat", [unsqueeze(real, [-1]), unsqueeze(imaginary, [-1])], ["axis": .integer(-1)])
  }

  /// The real and imaginary parts.
  mutating func parts(_ x: Term) -> (real: Term, imaginary: Term) {
    let names = (0..<2).map { emit("Gather", [x.name, constant($0).name], ["axis": .integer(-1)]) }
    return (
      Term(name: names[0], kind: .real, sizes: x.sizes), Term(name: names[1], kind: .real, sizes: x.sizes)
    )
  }

  mutating func conjugate(_ x: Term) -> Term {
    Term(name: emit("Mul", [x.name, constant([1.0, -1.0]).name]), kind: .complex, sizes: x.sizes)
  }

  /// A product that is linear in both factors, in complex numbers: of the real and imaginary parts.
  mutating func bilinear(
    _ x: Term, _ y: Term, _ product: (inout ExportLowering, String, String) -> String
  ) -> Term {
    guard x.kind == .complex else {
      let (real, other) = (cast(x, to: .real), parts(y))
      return result(
        pair(product(&self, real.name, other.real.name), product(&self, real.name, other.imaginary.name)), .complex)
    }
    let first = parts(x)
    guard y.kind == .complex else {
      let real = cast(y, to: .real)
      return result(
        pair(product(&self, first.real.name, real.name), product(&self, first.imaginary.name, real.name)), .complex)
    }
    let second = parts(y)
    let real = emit(
      "Sub",
      [
        product(&self, first.real.name, second.real.name), product(&self, first.imaginary.name, second.imaginary.name),
      ])
    let imaginary = emit(
      "Add",
      [
        product(&self, first.real.name, second.imaginary.name), product(&self, first.imaginary.name, second.real.name),
      ])
    return result(pair(real, imaginary), .complex)
  }

  mutating func complexProduct(_ x: Term, _ y: Term) -> Term {
    bilinear(x, y) { call, left, right in call.emit("Mul", [left, right]) }
  }

  mutating func complexQuotient(_ x: Term, _ y: Term) -> Term {
    guard y.kind == .complex else {
      let divisor = unsqueeze(cast(y, to: .real).name, [-1])
      return result(emit("Div", [x.name, divisor]), .complex)
    }
    let size = emit("ReduceSumSquare", [y.name, constant([-1])], ["keepdims": .integer(1)])
    return result(emit("Div", [complexProduct(x, conjugate(y)).name, size]), .complex)
  }

  private enum Transform { case forwardHalf, backHalf, forward, back }

  /// The longest transform: its matrix has as many rows and columns.
  private static let longestTransform = 1024

  private mutating func transform(_ transform: Transform) throws(NetworkError) -> [Term] {
    let x = try tensor("self")
    let axes = try integers("dim", default: [-1])
    guard axes.count == 1 else { throw fault("transforms of one axis are computed, not of \(axes.count)") }
    guard x.rank > 0 else { throw fault("a single number is not transformed") }
    let axis = try axis(axes[0], of: x.rank)
    let extent = try extent(axis, of: x)
    // The length of the transform, and of what it is given.
    let isBackHalf: Bool = if case .backHalf = transform { true } else { false }
    var length = isBackHalf ? 2 * (extent - 1) : extent
    if isGiven("n") { length = try integer("n") }
    if isGiven("last_dim_size") { length = try integer("last_dim_size") }
    guard length >= 1, length <= Self.longestTransform else {
      throw fault("a Fourier transform of \(length) places is asked for; 1 to \(Self.longestTransform) are computed")
    }
    let scale = try scale(of: transform, length: length)
    let used = min(extent, isBackHalf ? length / 2 + 1 : length)
    var order = (0..<x.rank).filter { $0 != axis } + [axis]
    var given = x
    if used < extent { given.name = slice(x.name, axis: axis, from: 0, to: used) }
    given = ordered(given, order)
    given.sizes = x.sizes
    let made = { if case .forwardHalf = transform { length / 2 + 1 } else { length } }()
    let sign: Double = {
      switch transform {
      case .forward, .forwardHalf: -1;
      case .back, .backHalf: 1
      }
    }()
    // Bins that stand for their mirror images too count twice.
    let weights = (0..<used).map { isBackHalf && $0 > 0 && 2 * $0 != length ? 2.0 : 1.0 }
    func matrix(_ function: (Double) -> Double, _ factor: Double) -> String {
      var entries: [Double] = []
      for row in 0..<used {
        for column in 0..<made {
          let angle = 2 * Double.pi * Double(row * column % length) / Double(length)
          entries.append(factor * scale * weights[row] * function(angle))
        }
      }
      return emit("Reshape", [constant(entries).name, constant([used, made])])
    }
    let (cosines, sines) = (matrix(cos, 1), matrix(sin, sign))
    var outcome: Term
    if given.kind != .complex {
      let real = cast(given, to: .real)
      let realPart = emit("MatMul", [real.name, cosines])
      if isBackHalf {
        outcome = result(realPart)
      } else {
        outcome = result(pair(realPart, emit("MatMul", [real.name, sines])), .complex)
      }
    } else {
      let (real, imaginary) = parts(given)
      let realPart = emit(
        "Sub", [emit("MatMul", [real.name, cosines]), emit("MatMul", [imaginary.name, sines])])
      if isBackHalf {
        outcome = result(realPart)
      } else {
        let imaginaryPart = emit(
          "Add", [emit("MatMul", [real.name, sines]), emit("MatMul", [imaginary.name, cosines])])
        outcome = result(pair(realPart, imaginaryPart), .complex)
      }
    }
    // Back to where the axis was.
    order = Array(0..<(x.rank - 1))
    order.insert(x.rank - 1, at: axis)
    outcome.sizes = x.sizes
    return [ordered(outcome, order)]
  }

  private func scale(of transform: Transform, length: Int) throws(NetworkError) -> Double {
    let isBack: Bool = {
      switch transform {
      case .back, .backHalf: true;
      default: false
      }
    }()
    if isGiven("normalization") {
      // 0: none, 1: by the root of the length, 2: by the length.
      switch try integer("normalization") {
      case 0: return 1
      case 1: return 1 / Double(length).squareRoot()
      case 2: return 1 / Double(length)
      case let other: throw fault("'normalization' is \(other); it must be 0, 1 or 2")
      }
    }
    switch try text("norm", default: "backward") {
    case "ortho": return 1 / Double(length).squareRoot()
    case "backward": return isBack ? 1 / Double(length) : 1
    case "forward": return isBack ? 1 : 1 / Double(length)
    case let other: throw fault("'norm' is '\(other)'")
    }
  }
}
