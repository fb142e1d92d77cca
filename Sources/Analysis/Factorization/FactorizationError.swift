import Diagnostics

/// What an analysis of factors refuses, and why.
public enum FactorizationError: Diagnosable, Hashable, Sendable {
  /// Labels have other rows than there are samples.
  case otherSamples(labels: Int, samples: Int)
  /// Labels have other columns than there are factors.
  case otherFactors(columns: Int, factors: Int)
  /// A value is NaN or infinite; counted from 0.
  case notFinite(what: String, row: Int, column: Int, value: String)
  /// A factor has the same value everywhere.
  case oneValue(factor: String, value: Double)
  /// A period must be a finite number above 0.
  case period(factor: String, Double)
  /// Fewer than two factors.
  case tooFewFactors(Int)
  /// Fewer conditions than anything can be said of.
  case tooFewConditions(Int, least: Int)
  /// More conditions than memory is kept for.
  case tooManyConditions(most: Int)
  /// All conditions are represented alike.
  case constant(conditions: Int)

  /// What is the matter, with the offending values.
  public var message: String {
    switch self {
    case .otherSamples(let labels, let samples):
      "factors are given for \(labels) samples; there are activations of \(samples)"
    case .otherFactors(let columns, let factors): "factors have \(columns) columns; \(factors) factors are described"
    case .notFinite(let what, let row, let column, let value):
      "\(what) in row \(row), column \(column) is \(value); every value must be finite"
    case .oneValue(let factor, let value):
      "factor '\(factor)' is \(Self.written(value)) for every sample; it must have two values at least"
    case .period(let factor, let period):
      "the period of factor '\(factor)' is \(Self.written(period)); it must be a finite number above 0"
    case .tooFewFactors(let count): "\(count) factor\(count == 1 ? "" : "s") given; at least 2 are needed"
    case .tooFewConditions(let count, let least):
      "\(count) different condition\(count == 1 ? "" : "s") given; at least \(least) are needed"
    case .tooManyConditions(let most):
      "more than \(most) different conditions given; at most \(most) are compared with each other"
    case .constant(let conditions): "all \(conditions) conditions are represented alike; they have no geometry"
    }
  }

  private static func written(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .notFinite: "leave such samples out, or look where the first such number arises"
    case .oneValue: "leave the factor out"
    case .tooManyConditions: "take a coarser grid"
    case .constant: "look at another layer, or give the units that depend on the factors"
    default: nil
    }
  }

  /// A cell that meets this fails; the rest of the report stands.
  public var status: ExitStatus { .cellFailed }
}
