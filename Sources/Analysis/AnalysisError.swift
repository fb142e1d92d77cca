import Diagnostics

/// What an analysis refuses to compute, and why.
public enum AnalysisError: Diagnosable, Hashable, Sendable {
  /// A quantity must be above 0.
  case notPositive(_ name: String, Double)
  /// A quantity lies outside its range.
  case outOfRange(_ name: String, Double, rule: String)
  /// There are too few of something.
  case tooFew(_ name: String, count: Int, minimum: Int)
  /// Two things that belong together differ in size.
  case sizeMismatch(_ name: String, size: String, expected: String)
  /// A covariance has a negative eigenvalue beyond round-off.
  case negativeVariance(Double, largest: Double)

  /// What is the matter, with the offending sizes and values.
  public var message: String {
    switch self {
    case .notPositive(let name, let value): "\(name) is \(written(value)); it must be a finite number above 0"
    case .outOfRange(let name, let value, let rule): "\(name) is \(written(value)); it must be \(rule)"
    case .tooFew(let name, let count, let minimum): "\(name): \(count) given; at least \(minimum) are needed"
    case .sizeMismatch(let name, let size, let expected): "\(name) is \(size); it must be \(expected)"
    case .negativeVariance(let value, let largest):
      "covariance has the eigenvalue \(written(value)) beside \(written(largest)); no eigenvalue may be negative"
    }
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .negativeVariance: "pass a symmetric positive semi-definite matrix, such as an average of outer products"
    default: nil
    }
  }

  /// A cell that meets this fails; the rest of the report stands.
  public var status: ExitStatus { .cellFailed }
}

/// A number that must be finite and above 0, handed back when it is.
func positive(_ name: String, _ value: Double) throws(AnalysisError) -> Double {
  guard value > 0, value.isFinite else { throw .notPositive(name, value) }
  return value
}

/// A number as a person writes it: whole ones without a decimal point.
private func written(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}
