import Diagnostics
import Networks
import Probing

/// A cell that names something to load.
public protocol SourceCell: Codable, Hashable, Sendable {
  /// The kind under which notebooks ask for it.
  static var kind: String { get }
  /// The keys with their defaults.
  static var standard: Self { get }
  /// Refuses keys that make no sense.
  func validate() throws(ParameterError)
}

/// Weights: a file of named tensors. `weights:layer.0` is one of them.
public struct CheckpointCell: SourceCell {
  public static let kind = "checkpoint"
  public static let standard = CheckpointCell(path: "")

  /// The file.
  public var path: SourceReference

  public func validate() throws(ParameterError) {
    if path.isEmpty { throw .missing("path", "name the checkpoint's file") }
  }
}

/// Weights and function, with what it predicts if it is a score network.
public struct NetworkCell: SourceCell {
  public static let kind = "network"
  public static let standard = NetworkCell(path: "")

  /// The file.
  public var path: SourceReference
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

  public func validate() throws(ParameterError) {
    if path.isEmpty { throw .missing("path", "name the network's file") }
    _ = try process?.noiseProcess()
  }
}

/// Points: a file, or another source's rows.
public struct SamplesCell: SourceCell {
  public static let kind = "samples"
  public static let standard = SamplesCell()

  /// The file, or a member of one: `runs.npz:test`.
  public var path: SourceReference?
  /// Another source.
  public var from: SourceReference?
  /// How many rows to take, evenly spread; all if left out.
  public var count: Int?

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

/// A source cell that has been read and checked.
public enum Source: Hashable, Sendable {
  case checkpoint(CheckpointCell)
  case network(NetworkCell)
  case samples(SamplesCell)

  /// The kinds of source cells.
  public static let kinds = [CheckpointCell.kind, NetworkCell.kind, SamplesCell.kind]

  /// Reads a source cell of a kind.
  static func reading(
    kind: String, body: WrittenValue
  ) throws(ParameterError) -> (source: Source, references: [WrittenReference])? {
    func read<Kind: SourceCell>(_ type: Kind.Type) throws(ParameterError) -> (Kind, [WrittenReference]) {
      let reading = try ParameterReader.read(type, from: body, over: type.standard)
      do {
        try reading.value.validate()
      } catch {
        throw error.located(in: body)
      }
      return (reading.value, reading.references)
    }
    switch kind {
    case CheckpointCell.kind:
      let (cell, references) = try read(CheckpointCell.self)
      return (.checkpoint(cell), references)
    case NetworkCell.kind:
      let (cell, references) = try read(NetworkCell.self)
      return (.network(cell), references)
    case SamplesCell.kind:
      let (cell, references) = try read(SamplesCell.self)
      return (.samples(cell), references)
    default: return nil
    }
  }
}
