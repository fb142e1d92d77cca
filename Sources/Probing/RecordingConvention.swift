import Analysis
import Checkpoints
import LinearAlgebra
import Networks

/// Which axis of an array of a recording is which.
public enum RecordingLayout: String, ParameterChoice {
  /// Time × units, or trials × time × units.
  case timeByUnits = "time-units"
  /// Units × time, or trials × units × time.
  case unitsByTime = "units-time"
  /// Time × trials × units, as recurrent networks have it unless the batch comes first.
  case timeByTrialsByUnits = "time-trials-units"

  /// The axes in words.
  var words: String {
    switch self {
    case .timeByUnits: "time × units, or trials × time × units"
    case .unitsByTime: "units × time, or trials × units × time"
    case .timeByTrialsByUnits: "time × trials × units"
    }
  }
}

/// How a file is read as a recording, as far as somebody says.
public struct RecordingConvention: Codable, Hashable, Sendable {
  /// The time from one sample to the next; samples are counted if left out.
  public var sampleInterval: Double?
  /// The unit of time; seconds if left out and there is an interval.
  public var timeUnit: String?
  /// Which axis is which; time × units if left out.
  public var layout: RecordingLayout?
  /// The names of the units.
  public var units: [String]?
  /// What each trial was a trial of.
  public var conditions: [String]?

  /// Makes a convention.
  public init(
    sampleInterval: Double? = nil, timeUnit: String? = nil, layout: RecordingLayout? = nil, units: [String]? = nil,
    conditions: [String]? = nil
  ) {
    self.sampleInterval = sampleInterval
    self.timeUnit = timeUnit
    self.layout = layout
    self.units = units
    self.conditions = conditions
  }

  /// Refuses an interval that is none, and empty names.
  public func validate() throws(ParameterError) {
    if let sampleInterval, !(sampleInterval > 0 && sampleInterval.isFinite) {
      throw .rule("sampleInterval", is: sampleInterval, mustBe: "a finite number above 0")
    }
    if units?.isEmpty == true { throw .rule("units", is: "empty", mustBe: "left out, or name every unit") }
    if conditions?.isEmpty == true {
      throw .rule("conditions", is: "empty", mustBe: "left out, or name one for every trial")
    }
  }

  /// This convention, and where it is silent, another.
  public func over(_ other: RecordingConvention) -> RecordingConvention {
    RecordingConvention(
      sampleInterval: sampleInterval ?? other.sampleInterval, timeUnit: timeUnit ?? other.timeUnit,
      layout: layout ?? other.layout, units: units ?? other.units, conditions: conditions ?? other.conditions)
  }

  /// The recording of trials that have been read.
  ///
  /// - Parameters:
  ///   - name: what to call the source in an error.
  ///   - interval: the time between samples as the file itself has it.
  public func recording(
    of trials: [Trajectory], unitNames: [String]? = nil, interval: Double? = nil, named name: String
  ) throws -> Recording {
    var trials = trials
    if let conditions {
      guard conditions.count == trials.count else {
        throw BenchError.wrongKind(
          name, expected: "of \(conditions.count) trials, as there are conditions", found: "of \(trials.count)")
      }
      for (index, condition) in conditions.enumerated() { trials[index].condition = condition }
    }
    let step = sampleInterval ?? interval
    return try Recording(
      trials, unitNames: units ?? unitNames, sampleInterval: step ?? 1, timeUnit: timeUnit ?? (step == nil ? "" : "s"))
  }

  /// The recording in one array: time, time × units, or trials × time × units. Samples at a trial's end that are
  /// NaN in every unit fill up a shorter trial, and are no samples.
  public func recording(of array: NDArray<Double>, named name: String) throws -> Recording {
    let shape = array.shape
    let isTurned = layout == .unitsByTime
    let isOuter = layout == .timeByTrialsByUnits
    guard (isOuter ? 3...3 : 1...3).contains(shape.count), !shape.contains(0) else {
      throw BenchError.wrongShape(name, shape: shape, rule: (layout ?? .timeByUnits).words)
    }
    let trialCount = shape.count == 3 ? shape[isOuter ? 1 : 0] : 1
    let columns = shape.count == 1 ? 1 : shape[shape.count - 1]
    let rows = shape.count == 1 || isOuter ? shape[0] : shape[shape.count - 2]
    let trials = (0..<trialCount).map { trial in
      var entries: [Double] = []
      for row in 0..<rows {
        let place = isOuter ? row * trialCount + trial : trial * rows + row
        entries += array.values[(place * columns)..<((place + 1) * columns)]
      }
      let whole = Matrix(rowCount: rows, columnCount: columns, entries: entries)
      let samples = isTurned && shape.count > 1 ? whole.transposed : whole
      return Trajectory(name: "\(trial + 1)", samples: trialCount > 1 ? samples.withoutFilling : samples)
    }
    return try recording(of: trials, named: name)
  }

  /// The recording in several arrays, one for each trial, all time × units.
  public func recording(of arrays: [(name: String, array: NDArray<Double>)], named name: String) throws -> Recording {
    if arrays.count == 1 { return try recording(of: arrays[0].array, named: name) }
    guard let first = arrays.first else {
      throw BenchError.wrongKind(name, expected: "a recording", found: "without any array")
    }
    let isTurned = layout == .unitsByTime
    let trials = try arrays.map { label, array in
      guard array.shape.count == 2, !array.shape.contains(0) else {
        throw BenchError.wrongShape(
          "\(name):\(label)", shape: array.shape,
          rule:
            "\(isTurned ? "units × time" : "time × units"), one array for each trial; or name the array of all trials, as in '\(name):\(first.name)'"
        )
      }
      let whole = Matrix(rowCount: array.shape[0], columnCount: array.shape[1], entries: array.values)
      return Trajectory(name: label, samples: isTurned ? whole.transposed : whole)
    }
    return try recording(of: trials, named: name)
  }

  /// The recording in a table: a row is a sample. A column `trial` tells trials apart, `condition` what they are trials of, and
  /// `time` gives the sample interval; all others are units.
  public func recording(of table: NumberTable, named name: String) throws -> Recording {
    let names = table.names ?? table.columns.indices.map { "\($0 + 1)" }
    var (units, unitNames): ([[Double]], [String]) = ([], [])
    var (trialOf, conditionOf): ([String]?, [String]?)
    var time: [Double]?
    for (column, label) in zip(table.columns, names) {
      switch column {
      case .texts(let texts):
        if label == Self.trialColumn { trialOf = texts } else { conditionOf = texts }
      case .numbers(let numbers):
        if table.names != nil, label == Self.timeColumn {
          time = numbers
        } else {
          units.append(numbers)
          unitNames.append(label)
        }
      }
    }
    guard !units.isEmpty else {
      throw BenchError.wrongKind(name, expected: "a table with a column for each unit", found: "without any")
    }
    var starts: [Int] = [0]
    if let trialOf {
      for row in 1..<max(1, table.rowCount) where trialOf[row] != trialOf[row - 1] { starts.append(row) }
      let labels = starts.map { trialOf[$0] }
      if let again = labels.enumerated().first(where: { labels[..<$0].contains($1) }) {
        throw BenchError.wrongKind(
          name, expected: "sorted by trial", found: "a table in which trial '\(again.element)' begins twice")
      }
    }
    let bounds = zip(starts, starts.dropFirst() + [table.rowCount]).map { $0..<$1 }
    let trials = bounds.map { rows in
      Trajectory(
        name: trialOf?[rows.lowerBound] ?? "1", condition: conditionOf?[rows.lowerBound],
        samples: Matrix(
          rowCount: rows.count, columnCount: units.count, entries: rows.flatMap { row in units.map { $0[row] } }))
    }
    let interval = try time.map { try Self.interval(of: $0, in: bounds, named: name) } ?? nil
    return try recording(of: trials, unitNames: unitNames, interval: interval, named: name)
  }

  /// The columns of a table that are no units.
  public static let (trialColumn, conditionColumn, timeColumn) = ("trial", "condition", "time")

  /// The step of times that must be even, to a thousandth of it.
  private static func interval(of time: [Double], in trials: [Range<Int>], named name: String) throws -> Double? {
    guard let first = trials.first(where: { $0.count > 1 }) else { return nil }
    let step = (time[first.upperBound - 1] - time[first.lowerBound]) / Double(first.count - 1)
    for rows in trials {
      for row in rows.dropFirst() where !(abs(time[row] - time[row - 1] - step) <= 1e-3 * abs(step)) || !(step > 0) {
        throw BenchError.wrongKind(
          name, expected: "evenly sampled",
          found:
            "a table whose time goes from \(time[row - 1]) to \(time[row]) in row \(row + 1), where a step is \(step)")
      }
    }
    return step
  }
}

extension Matrix where Scalar == Double {
  /// Without the last rows that are NaN throughout.
  fileprivate var withoutFilling: Matrix {
    var kept = rowCount
    while kept > 0, entries[((kept - 1) * columnCount)..<(kept * columnCount)].allSatisfy(\.isNaN) { kept -= 1 }
    return kept == rowCount ? self : rows(0..<kept)
  }
}
