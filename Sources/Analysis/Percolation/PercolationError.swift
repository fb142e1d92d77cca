import Diagnostics

/// What an analysis of connected sites refuses, and why.
public enum PercolationError: Diagnosable, Hashable, Sendable {
  /// There is no site, or sites have no coordinates.
  case noSites(shape: String)
  /// A coordinate is NaN, infinite or too large to be squared; counted from 0.
  case notFinite(row: Int, column: Int, value: String)
  /// More sites than memory is kept for.
  case tooManySites(Double, most: Int)
  /// The distance between centres is no distance within the side.
  case spacing(Double, side: Double)
  /// A lattice that closes upon itself has a whole number of sites around.
  case notWhole(side: Double, spacing: Double)

  /// What is the matter, with the offending values.
  public var message: String {
    switch self {
    case .noSites(let shape): "the centres are \(shape); at least one centre with one coordinate is needed"
    case .notFinite(let row, let column, let value):
      "coordinate \(column) of centre \(row) is \(value); every coordinate must be a number within ±1e150"
    case .tooManySites(let count, let most):
      "\(Self.written(count)) centres given; percolation takes at most \(most)"
    case .spacing(let spacing, let side):
      "the spacing of centres is \(Self.written(spacing)); it must be above 0 and at most the side, \(Self.written(side))"
    case .notWhole(let side, let spacing):
      "the side is \(Self.written(side)); around a periodic lattice it must be a multiple of the spacing, \(Self.written(spacing))"
    }
  }

  private static func written(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .tooManySites: "take a wider spacing, a smaller side or fewer centres"
    case .notFinite: "leave such centres out, or look where the first such number arises"
    default: nil
    }
  }

  /// A cell that meets this fails; the rest of the report stands.
  public var status: ExitStatus { .cellFailed }
}
