import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// One of the clouds of points that a probe looks at.
struct ComparedCloud: Sendable {
  /// What to call it.
  var name: String
  /// Which of the sources it is from, counted from 0.
  let sourceIndex: Int
  /// Its group; `nil` without groups.
  var group: String?
  /// The number that it has in its series.
  let number: Double?
  /// The points, or the states of trials.
  let recording: Recording
  /// Whether points follow each other in time.
  let isTimed: Bool

  /// More clouds than this make no figure.
  private static let mostClouds = 500

  /// Refuses sources that are none, and names that are empty.
  static func validate(
    points: [SourceReference], recordings: [RecordingReference], names: [String], subsample: Int
  ) throws(ParameterError) {
    if points.isEmpty && recordings.isEmpty || points.contains(where: \.isEmpty) {
      throw .missing("points", "name files or source cells of points × coordinates, or 'recordings'")
    }
    if recordings.contains(where: \.isEmpty) {
      throw .missing("recordings", "name recording sources or files of trajectories")
    }
    if names.contains("") { throw .rule("names", is: "empty for a cloud", mustBe: "a name for each") }
    if !(1...10_000).contains(subsample) { throw .rule("subsample", is: subsample, mustBe: "from 1 to 10000") }
  }

  /// Takes clouds of points and the states of recordings, in this order.
  static func gathered(
    points: [SourceReference], recordings: [RecordingReference], convention: RecordingConvention, names: [String],
    groups: [String], from bench: some Bench
  ) throws -> [ComparedCloud] {
    let labels = SourceReference.shortNames(of: points.map(\.name))
    var found = try points.enumerated().map { index, source in
      let array = try PointSelection(from: source).points(on: bench)
      let matrix = Matrix(rowCount: array.shape[0], columnCount: array.shape[1], entries: array.values)
      return ComparedCloud(
        name: labels[index], sourceIndex: index, group: nil, number: nil, recording: try Recording(matrix),
        isTimed: false)
    }
    found += try bench.comparedRecordings(recordings, convention: convention).map { each in
      ComparedCloud(
        name: each.name, sourceIndex: points.count + each.sourceIndex, group: each.group,
        number: each.number.flatMap { $0.isFinite ? $0 : nil }, recording: each.recording, isTimed: true)
    }
    guard found.count <= mostClouds else {
      throw AnalysisError.outOfRange("number of clouds", Double(found.count), rule: "at most \(mostClouds)")
    }
    guard names.isEmpty || names.count == found.count else {
      throw ParameterError.rule("names", is: "\(names.count) long", mustBe: "\(found.count) long, one for each cloud")
    }
    for (index, name) in names.enumerated() { found[index].name = name }
    let own = found.compactMap(\.group)
    // One group, or groups of one, are none.
    let isGrouped = own.count == found.count && (2..<found.count).contains(Set(own).count)
    let spread = try groups.spread(over: found.map(\.sourceIndex), key: "groups")
    for index in found.indices where !isGrouped || !spread.isEmpty {
      found[index].group = spread.isEmpty ? nil : spread[index]
    }
    return found
  }

  /// Whether all points are the same.
  var isOnePlace: Bool { recording.constantUnits.count == recording.unitCount }

  /// The points, thinned and scaled, of which at most so many are kept, evenly, with the time of each.
  ///
  /// Different trials are farther apart in time than the window.
  func prepared(
    subsample: Int, scaling: CloudScaling, count most: Int, window given: Int? = nil
  ) throws -> PreparedCloud {
    let thinned = recording.subsampled(by: subsample)
    try thinned.requireScale()
    let scaled = scaling == .zScore ? try thinned.scaled(.zScore) : thinned
    let window = given ?? (isTimed ? TheilerWindow.standard(of: scaled) : 0)
    var (times, next) = ([Int](), 0)
    for trial in scaled.trajectories {
      times += next..<(next + trial.sampleCount)
      next += trial.sampleCount + window
    }
    let all = scaled.stacked
    let kept = min(most, all.rowCount)
    guard kept < all.rowCount else {
      return PreparedCloud(points: all, times: times, window: window, givenCount: all.rowCount)
    }
    let rows = (0..<kept).map { $0 * all.rowCount / kept }
    return PreparedCloud(
      points: all.keepingRows(rows), times: rows.map { times[$0] }, window: window, givenCount: all.rowCount)
  }
}
