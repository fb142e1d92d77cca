/// A precision networks are evaluated in: `Float` or `Double`.
public protocol NetworkScalar: BinaryFloatingPoint & SIMDScalar & Sendable {
  /// The precision's name.
  static var precision: Precision { get }
}

extension NetworkScalar {
  static func converting<Other: NetworkScalar>(_ values: [Other]) -> [Self] {
    if let same = values as? [Self] { return same }
    return values.map { Self($0) }
  }
}

extension Float: NetworkScalar {
  /// 32 bits.
  public static var precision: Precision { .float32 }
}

extension Double: NetworkScalar {
  /// 64 bits.
  public static var precision: Precision { .float64 }
}
