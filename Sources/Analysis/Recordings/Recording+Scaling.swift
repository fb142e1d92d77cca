import LinearAlgebra

/// How units are brought to a common scale.
public enum RecordingScaling: String, Sendable, Hashable, Codable, CaseIterable {
  /// As they are.
  case none
  /// Less their mean over all trials.
  case centre
  /// Less their mean, over their standard deviation, both over all trials.
  case zScore = "z-score"
}

extension Recording {
  /// The mean of each unit over all samples of all trials.
  public var unitMeans: [Double] { stacked.columnMeans }

  /// The standard deviation of each unit over all samples of all trials (with n in the denominator).
  public var unitDeviations: [Double] {
    let centred = stacked.centredColumns
    return (0..<unitCount).map { unit in
      norm(of: centred.column(unit)) / Double(max(1, centred.rowCount)).squareRoot()
    }
  }

  /// Refuses values so large or so small that their squares are lost. A recording of zeros passes.
  ///
  /// Throws: `RecordingError.scale`.
  public func requireScale() throws(RecordingError) {
    let largest = trajectories.reduce(0) { $1.samples.entries.reduce($0) { max($0, abs($1)) } }
    guard largest == 0 || (1e-140...1e140).contains(largest) else { throw .scale(largest: largest) }
  }

  /// The units that do not change by more than round-off, by position.
  public var constantUnits: [Int] {
    let (means, deviations) = (unitMeans, unitDeviations)
    return means.indices.filter { deviations[$0] <= 8 * Double.ulpOfOne * abs(means[$0]) }
  }

  /// The recording of some of the units, by position.
  ///
  /// Throws: `RecordingError.allConstant` where none is left.
  public func keepingUnits(_ positions: [Int]) throws(RecordingError) -> Recording {
    guard !positions.isEmpty else { throw .allConstant }
    return mapped(unitNames: positions.map { unitNames[$0] }) { samples in
      Matrix(
        rowCount: samples.rowCount, columnCount: positions.count,
        entries: (0..<samples.rowCount).flatMap { row in positions.map { samples[row, $0] } })
    }
  }

  /// The recording on a common scale. A constant unit has no scale: z-scoring leaves it out.
  ///
  /// Throws: `RecordingError.allConstant` where z-scoring leaves no unit.
  public func scaled(_ scaling: RecordingScaling) throws(RecordingError) -> Recording {
    switch scaling {
    case .none: return self
    case .centre:
      let means = unitMeans
      return mapped { samples in samples.mapColumns { $0 - means[$1] } }
    case .zScore:
      let still = Set(constantUnits)
      let moving = try still.isEmpty ? self : keepingUnits((0..<unitCount).filter { !still.contains($0) })
      let (means, deviations) = (moving.unitMeans, moving.unitDeviations)
      return moving.mapped { samples in samples.mapColumns { ($0 - means[$1]) / deviations[$1] } }
    }
  }
}

extension Matrix where Scalar == Double {
  /// Every entry changed with a view to its column.
  func mapColumns(_ change: (Double, Int) -> Double) -> Matrix {
    var changed = self
    let width = columnCount
    changed.entries.withUnsafeMutableBufferPointer { entries in
      for row in 0..<rowCount {
        for column in 0..<width { entries[row * width + column] = change(entries[row * width + column], column) }
      }
    }
    return changed
  }
}
