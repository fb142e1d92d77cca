import Diagnostics
import Networks
import Probing

/// Weights: a file of named tensors, an index of such files, or a model's folder. `weights:layer.0` is one of them.
public struct CheckpointCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "checkpoint"
  /// The keys where the notebook is silent.
  public static let standard = CheckpointCell(path: "")

  /// The file.
  public var path: SourceReference
  /// What the names of the tensors to read begin with, which is then taken off, such as `ema`; all weights if left out.
  public var set: String?

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    if path.isEmpty { throw .missing("path", "name the checkpoint's file") }
  }
}

/// Weights and function, with what it predicts if it is a score network.
public struct NetworkCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "network"
  /// The keys where the notebook is silent.
  public static let standard = NetworkCell(path: "")

  /// The file.
  public var path: SourceReference
  /// What the weights are the weights of, where their file does not hold the function.
  public var architecture: NetworkArchitecture?
  /// What the network predicts.
  public var predicts: ScorePrediction?
  /// Its noising process.
  public var process: ProcessParameters?
  /// Which input is which.
  public var inputs: ScoreInputs?
  /// How reports call it; the cell's id if left out.
  public var name: String?

  /// What the cell says of the network as a score.
  public var convention: ScoreConvention { ScoreConvention(predicts: predicts, process: process, inputs: inputs) }

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    if path.isEmpty { throw .missing("path", "name the network's file") }
    try architecture?.check()
    _ = try process?.noiseProcess()
  }
}

/// Points: a file, or another source's rows.
public struct SamplesCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "samples"
  /// The keys where the notebook is silent.
  public static let standard = SamplesCell()

  /// The file, or a member of one: `runs.npz:test`.
  public var path: SourceReference?
  /// Another source.
  public var from: SourceReference?
  /// How many rows to take, evenly spread; all if left out.
  public var count: Int?

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    switch (path, from) {
    case (nil, nil): throw .missing("path", "name the file of points, or another source with 'from'")
    case (.some, .some): throw .rule("from", is: "given beside 'path'", mustBe: "left out where 'path' is given")
    default: break
    }
    try selection.validate()
  }

  /// The cell as a selection of points.
  public var selection: PointSelection { PointSelection(from: path ?? from ?? "", count: count) }
}

/// Checkpoints or networks in the order of a number: `run:500` is the one at step 500.
public struct SeriesCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "series"
  /// The keys where the notebook is silent.
  public static let standard = SeriesCell(path: "")

  /// The files: one `*` stands where their names, or their folders' names, differ.
  public var path: String
  /// What the number is: of a step, a seed or a size.
  public var over: NetworkSeries.Index = .step
  /// The value inside the files that has the number; if left out, it stands in the name in place of `*`.
  public var number: String?
  /// What the names of the tensors to read begin with, which is then taken off, such as `ema`; all weights if left out.
  public var set: String?
  /// What the networks predict.
  public var predicts: ScorePrediction?
  /// Their noising process.
  public var process: ProcessParameters?
  /// Which input is which.
  public var inputs: ScoreInputs?

  /// What the cell says of the networks as scores.
  public var convention: ScoreConvention { ScoreConvention(predicts: predicts, process: process, inputs: inputs) }

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    if path.isEmpty { throw .missing("path", "name the files, with * where they differ") }
    guard SeriesPattern(path) != nil else { throw .rule("path", is: "'\(path)'", mustBe: "a path with one *") }
    _ = try process?.noiseProcess()
  }
}

/// Trajectories: trials × time × units, from a file, or what a network makes of inputs.
public struct RecordingCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "recording"
  /// The keys where the notebook is silent.
  public static let standard = RecordingCell()

  /// The file, or a member of one: `session.npz:rates`; of several arrays without a member, each is a trial. With one `*`, several
  /// recordings: `activity:3` is the one with 3 in its place.
  public var path: SourceReference?
  /// The network that is run instead; of a series, each of its members.
  public var network: SourceReference?
  /// What the network is given: an array as its input takes it.
  public var inputs: SourceReference?
  /// The input it is given to, by name or position; the first if left out.
  public var input: String?
  /// The output that is recorded, by name or position; the first if left out.
  public var output: String?
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

  /// What the cell says of its array.
  public var convention: RecordingConvention {
    RecordingConvention(
      sampleInterval: sampleInterval, timeUnit: timeUnit, layout: layout, units: units, conditions: conditions)
  }

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    switch (path, network) {
    case (nil, nil): throw .missing("path", "name the recording's file, or a network to run with 'network'")
    case (.some, .some): throw .rule("network", is: "given beside 'path'", mustBe: "left out where 'path' is given")
    case (nil, .some): if inputs == nil { throw .missing("inputs", "the network needs what it is given") }
    case (.some, nil):
      for (key, value) in [("inputs", inputs?.name), ("input", input), ("output", output)] where value != nil {
        throw .rule(key, is: "given", mustBe: "left out where no network is run")
      }
    }
    try convention.validate()
  }
}

/// A source cell that has been read and checked.
public enum Source: Hashable, Sendable {
  case checkpoint(CheckpointCell)
  case network(NetworkCell)
  case samples(SamplesCell)
  case series(SeriesCell)
  case recording(RecordingCell)
  case system(SystemCell)

  /// The cell's keys as JSON.
  func json() throws -> JSONValue {
    switch self {
    case .checkpoint(let cell): try JSONValue(encoding: cell)
    case .network(let cell): try JSONValue(encoding: cell)
    case .samples(let cell): try JSONValue(encoding: cell)
    case .series(let cell): try JSONValue(encoding: cell)
    case .recording(let cell): try JSONValue(encoding: cell)
    case .system(let cell): try JSONValue(encoding: cell)
    }
  }

  /// The kinds of source cells.
  public static let kinds = [
    CheckpointCell.kind, NetworkCell.kind, SamplesCell.kind, SeriesCell.kind, RecordingCell.kind,
    SystemCell.kind,
  ]

  /// Reads a source cell of a kind; `nil` for a kind that is none.
  static func reading(
    kind: String, body: WrittenValue
  ) throws(ParameterError) -> (source: Source, references: [WrittenReference])? {
    switch kind {
    case CheckpointCell.kind:
      let (form, references) = try CheckpointCell.reading(body)
      return (.checkpoint(form), references)
    case NetworkCell.kind:
      let (form, references) = try NetworkCell.reading(body)
      return (.network(form), references)
    case SamplesCell.kind:
      let (form, references) = try SamplesCell.reading(body)
      return (.samples(form), references)
    case SeriesCell.kind:
      let (form, references) = try SeriesCell.reading(body)
      return (.series(form), references)
    case RecordingCell.kind:
      let (form, references) = try RecordingCell.reading(body)
      return (.recording(form), references)
    case SystemCell.kind:
      let (form, references) = try SystemCell.reading(body)
      return (.system(form), references)
    default: return nil
    }
  }
}
