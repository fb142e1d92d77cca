import Foundation
import LinearAlgebra

/// How conditions of several factors may be represented.
public enum FactorCode: String, Sendable, Hashable, Codable, CaseIterable {
  /// A closed form of its own for each factor, in directions of its own: a circle for what is periodic, a line for what is bounded.
  case factorised
  /// A unit for each value of each factor.
  case hyperFactorised = "hyper-factorised"
  /// Two factors on one surface in three dimensions: a torus, or a part of one.
  case entangled
  /// A unit for each combination.
  case conjunctive
}

/// An ideal code at given conditions.
///
/// Conventions: periodic factors go round whole circles and bounded ones over half of one; on a line, they have variance 1 over their levels. Names have one
/// unit each in factorised codes. The torus has radii 2 and 1.
///
/// References: liang2024.
public struct IdealCode: Sendable, Hashable {
  /// Which it is.
  public let code: FactorCode
  /// For the torus: the factor that goes the long way round.
  public let major: Int?
  /// Conditions × coordinates.
  public let activations: Matrix<Double>
  /// The coordinates that belong to each factor, where they are separate.
  let parts: [Range<Int>]

  /// The radii of the torus.
  public static let (majorRadius, minorRadius) = (2.0, 1.0)

  /// Makes the code; `nil` where conditions do not allow for it: codes of units need a grid, the torus two factors that are not names.
  public init?(_ code: FactorCode, at grid: FactorGrid, major: Int = 0) {
    self.code = code
    let factors = grid.factors.indices
    func angle(_ condition: Int, _ factor: Int) -> Double {
      let (value, levels) = (grid.value(of: condition, factor), grid.levels[factor])
      if let period = grid.factors[factor].period { return 2 * .pi * value / period }
      return .pi * (value - levels[0]) / (levels[levels.count - 1] - levels[0])
    }
    func oneHot(_ place: Int, of count: Int) -> [Double] { (0..<count).map { $0 == place ? 1 : 0 } }
    func closedForm(_ condition: Int, _ factor: Int) -> [Double] {
      switch grid.factors[factor].kind {
      case .categorical: return oneHot(grid.places[condition][factor], of: grid.levels[factor].count)
      case .periodic:
        let angle = angle(condition, factor)
        return [cos(angle), sin(angle)]
      case .bounded:
        let levels = grid.levels[factor]
        let mean = levels.reduce(0, +) / Double(levels.count)
        let variance = levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(levels.count)
        return [(grid.value(of: condition, factor) - mean) / variance.squareRoot()]
      }
    }
    var widths: [Int] = []
    var rows: [[Double]]
    switch code {
    case .factorised:
      widths = factors.map { closedForm(0, $0).count }
      rows = (0..<grid.count).map { condition in factors.flatMap { closedForm(condition, $0) } }
      self.major = nil
    case .hyperFactorised:
      guard grid.isGrid else { return nil }
      widths = factors.map { grid.levels[$0].count }
      rows = (0..<grid.count).map { condition in
        factors.flatMap { oneHot(grid.places[condition][$0], of: grid.levels[$0].count) }
      }
      self.major = nil
    case .entangled:
      guard factors.count == 2, !grid.factors.contains(where: { $0.kind == .categorical }) else { return nil }
      let minor = 1 - major
      rows = (0..<grid.count).map { condition in
        let (long, short) = (angle(condition, major), angle(condition, minor))
        let radius = Self.majorRadius + Self.minorRadius * cos(short)
        return [radius * cos(long), radius * sin(long), Self.minorRadius * sin(short)]
      }
      self.major = major
    case .conjunctive:
      guard grid.isGrid else { return nil }
      activations = .identity(grid.count)
      (parts, self.major) = ([0..<grid.count], nil)
      return
    }
    let width = rows.first?.count ?? 0
    activations = Matrix(rowCount: grid.count, columnCount: width, entries: rows.flatMap { $0 })
    var start = 0
    parts =
      widths.isEmpty
      ? [0..<width]
      : widths.map { width in
        defer { start += width }
        return start..<(start + width)
      }
  }

  /// Every ideal there is at some conditions; the torus either way round.
  public static func all(at grid: FactorGrid) -> [IdealCode] {
    FactorCode.allCases.flatMap { code in
      (code == .entangled ? [0, 1] : [0]).compactMap { IdealCode(code, at: grid, major: $0) }
    }
  }
}
