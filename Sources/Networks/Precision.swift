/// The precision a network is evaluated in.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
  /// 32 bits: for quick looks; Jacobians are good to about 4e-7 of their largest singular value.
  case float32
  /// 64 bits: weights are widened and every intermediate result is kept in double precision.
  case float64
}

/// The way a Jacobian is computed. The numbers are the same up to rounding.
public enum JacobianMode: String, Sendable, Hashable, Codable, CaseIterable {
  /// Forward when the input is no larger than the output, reverse otherwise.
  case automatic
  /// Tangents from the input: one per input component.
  case forward
  /// Cotangents from the output: one per output component.
  case reverse
}
