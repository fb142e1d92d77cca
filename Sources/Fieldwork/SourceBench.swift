import Analysis
import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probing

/// The bench of a build: opens what source cells and paths name, and remembers what it handed out.
public final class SourceBench: Bench {
  private let sources: [String: Source]
  private let folder: String
  private let shelf: SourceShelf
  private let pointsFound: (String) throws -> NDArray<Double>?

  /// What was handed out, in order, each part once.
  public private(set) var used: [ProbeRecord.SourceDigest] = []

  /// Makes a bench. Relative paths start from `folder`; `pointsFound` gives the points that the probe cell of an id has found,
  /// or `nil` if there is no such cell.
  public init(
    sources: [String: Source] = [:], folder: String = "", shelf: SourceShelf,
    pointsFound: @escaping (String) throws -> NDArray<Double>? = { _ in nil }
  ) {
    self.sources = sources
    self.folder = folder
    self.shelf = shelf
    self.pointsFound = pointsFound
  }

  /// The network of a source, with what the source says of it.
  public func network(_ reference: SourceReference) throws -> NetworkSource {
    let path = SourcePath(reference.name, cells: sources.keys)
    if case .series(let cell)? = sources[path.container] {
      let files = try SeriesFiles(cell, in: folder, workspace: shelf.workspace)
      guard let member = path.member else {
        throw BenchError.wrongKind(
          reference.name, expected: "a network, as in '\(reference.name):\(files.members[0].label)'", found: "a series")
      }
      // By a shelf of its own: of many members, none is kept.
      let found = try SourceShelf(workspace: shelf.workspace)
        .network(at: try files.file(ofMember: member, of: path.container))
      remember(reference, "network", found.digest, of: found)
      try remember(reference, "convention", cell.convention)
      return NetworkSource(network: found.network, convention: cell.convention)
    }
    switch sources[reference.name] {
    case .network(let cell)?:
      let found = try shelf.network(
        at: FieldPlan.resolve(cell.path.name, in: folder), architecture: cell.architecture)
      remember(reference, "network", found.digest, of: found)
      if let architecture = cell.architecture { try remember(reference, "architecture", architecture) }
      try remember(reference, "convention", cell.convention)
      return NetworkSource(network: found.network, convention: cell.convention)
    case .checkpoint?:
      throw BenchError.wrongKind(reference.name, expected: "a network", found: "a checkpoint, which has no function")
    case .samples?: throw BenchError.wrongKind(reference.name, expected: "a network", found: "a set of samples")
    case .series?: throw BenchError.wrongKind(reference.name, expected: "a network", found: "a series")
    case .recording?: throw BenchError.wrongKind(reference.name, expected: "a network", found: "a recording")
    case .system?: throw BenchError.wrongKind(reference.name, expected: "a network", found: "a system")
    case nil:
      let found = try shelf.network(at: FieldPlan.resolve(reference.name, in: folder))
      remember(reference, "network", found.digest, of: found)
      return NetworkSource(network: found.network)
    }
  }

  /// The numbers of a source, in double precision.
  public func array(_ reference: SourceReference) throws -> NDArray<Double> {
    let array = try unrecordedArray(reference, trail: [])
    let digest = ContentDigest(of: Tensor(name: "", shape: array.shape, doubles: array.values))
    remember(reference, "array", digest)
    return array
  }

  /// The array of a source, or that of each of the files that a path with a `*` leads to.
  public func arrays(_ reference: SourceReference) throws -> [ArrayMember] {
    let path = SourcePath(reference.name, cells: sources.keys)
    guard sources[path.container] == nil, let files = try shelf.severalFiles(named: path.container, in: folder) else {
      return [ArrayMember(try array(reference))]
    }
    return try files.members.map { member in
      // By a shelf of its own: of many files, none is kept.
      let array = try SourceShelf(workspace: shelf.workspace)
        .array(at: try files.file(ofMember: member.label, of: path.container), member: path.member)
      remember(
        reference, "array \(member.label)",
        ContentDigest(of: Tensor(name: "", shape: array.shape, doubles: array.values)))
      return ArrayMember(label: member.label, number: files.areNumbered ? member.number : nil, array)
    }
  }

  /// The members of a series, or of the files that a path with a `*` leads to.
  public func series(_ reference: SourceReference) throws -> NetworkSeries {
    let cell: SeriesCell
    switch sources[reference.name] {
    case .series(let known)?: cell = known
    case .some: throw BenchError.wrongKind(reference.name, expected: "a series", found: "a single source")
    case nil:
      guard SeriesPattern(reference.name) != nil else {
        guard shelf.workspace.exists(FieldPlan.resolve(reference.name, in: folder)) else {
          throw BenchError.unknownSource(reference.name, known: sources.keys.sorted())
        }
        throw BenchError.wrongKind(reference.name, expected: "a series, with * in its path", found: "a single file")
      }
      cell = SeriesCell(path: reference.name)
    }
    let files = try SeriesFiles(cell, in: folder, workspace: shelf.workspace)
    for member in files.members { remember(reference, member.label, try files.digest(of: member)) }
    // What is read of the files, and how, goes by the cell.
    try remember(reference, "cell", cell)
    return files.series
  }

  /// The network of a source, or the members of a series and of a path with a `*`.
  public func networks(_ reference: SourceReference) throws -> [NetworkMember] {
    let isSeries: Bool
    switch sources[reference.name] {
    case .series?: isSeries = true
    case .some: isSeries = false
    case nil: isSeries = SeriesPattern(reference.name) != nil
    }
    guard isSeries else { return [NetworkMember(try network(reference))] }
    let found = try series(reference)
    return found.members.indices.map { NetworkMember(of: found, at: $0) }
  }

  /// The trajectories of a recording cell, of a file, of the files that a path with a `*` leads to, or of any array.
  public func recordings(
    _ reference: SourceReference, convention: RecordingConvention
  ) throws -> [RecordingMember] {
    let found = try unrecordedRecordings(reference, convention)
    for member in found {
      remember(reference, member.label.map { "recording \($0)" } ?? "recording", member.recording.digest)
    }
    return found
  }

  private func unrecordedRecordings(
    _ reference: SourceReference, _ convention: RecordingConvention
  ) throws -> [RecordingMember] {
    let path = SourcePath(reference.name, cells: sources.keys)
    let cell: RecordingCell
    switch sources[path.container] {
    case .recording(let known)?: cell = known
    case .system(let system)?:
      return [RecordingMember(try simulated(system, path, as: convention))]
    case nil:
      if let points = try pointsFound(reference.name) {
        return [RecordingMember(try convention.recording(of: points, named: reference.name))]
      }
      cell = RecordingCell(path: reference)
    default:
      let array = try unrecordedArray(reference, trail: [])
      return [RecordingMember(try convention.recording(of: array, named: reference.name))]
    }
    let member = sources[path.container] == nil ? nil : path.member
    let whole = convention.over(cell.convention)
    guard member == nil, let files = try recordedFiles(cell) else {
      if member == nil, let file = cell.path {
        return try shelf.recordings(named: file.name, in: folder, convention: whole)
      }
      return [RecordingMember(try recording(cell, of: path.container, member: member, whole))]
    }
    return try files.members.map { each in
      RecordingMember(
        label: each.label, try recording(cell, of: path.container, member: each.label, whole))
    }
  }

  /// What a system does; neither it nor its trials have members.
  private func simulated(
    _ cell: SystemCell, _ path: SourcePath, as convention: RecordingConvention = RecordingConvention()
  ) throws -> Recording {
    if let member = path.member {
      throw BenchError.wrongKind(
        "\(path.container):\(member)", expected: "a system without a member", found: "a member of one")
    }
    let found = try shelf.recording(of: cell)
    return try convention.over(RecordingConvention(timeUnit: cell.timeUnit ?? ""))
      .recording(
        of: found.trajectories, unitNames: found.unitNames, interval: found.sampleInterval, named: path.container)
  }

  /// The files of the recordings, or of the networks, where the cell stands for several.
  private func recordedFiles(_ cell: RecordingCell) throws -> SeriesFiles? {
    if let file = cell.path { return try shelf.severalFiles(named: file.name, in: folder) }
    guard let network = cell.network, case .series(let series)? = sources[network.name] else { return nil }
    return try SeriesFiles(series, in: folder, workspace: shelf.workspace).few(named: series.path)
  }

  private func recording(
    _ cell: RecordingCell, of id: String, member: String?, _ convention: RecordingConvention
  ) throws -> Recording {
    let name = id + (member.map { ":\($0)" } ?? "")
    guard let file = cell.path else {
      return try convention.recording(of: try activity(cell, of: id, member: member, trail: []), named: name)
    }
    guard let member, let files = try recordedFiles(cell) else {
      let whole = file.name + (member.map { ":\($0)" } ?? "")
      return try shelf.recording(named: whole, in: folder, convention: convention)
    }
    // By a shelf of its own: of many members, none is kept.
    return try SourceShelf(workspace: shelf.workspace)
      .recording(named: try files.file(ofMember: member, of: id), in: "", convention: convention)
  }

  /// What a network, or a member of a series of networks, makes of the inputs that a cell names.
  private func activity(
    _ cell: RecordingCell, of id: String, member: String?, trail: [String]
  ) throws -> NDArray<Double> {
    guard let network = cell.network, let inputs = cell.inputs else {
      throw ParameterError.missing("network", "a recording without a file is that of a network")
    }
    let trail = trail + [id]
    guard !trail.contains(SourcePath(inputs.name, cells: sources.keys).container) else {
      throw BenchError.wrongKind(inputs.name, expected: "free of cycles", found: "a source of itself")
    }
    if let member, try recordedFiles(cell) == nil {
      throw BenchError.wrongKind("\(id):\(member)", expected: "a recording", found: "a member of a single one")
    }
    let runner = try self.network(member.map { SourceReference("\(network.name):\($0)") } ?? network).network
    let (input, output) = (try runner.inputName(cell.input ?? "0"), try runner.valueName(cell.output ?? "0"))
    let given = try unrecordedArray(inputs, trail: trail)
    guard let found = try runner.evaluate([input: given], only: [output])[output] else {
      throw BenchError.wrongKind(network.name, expected: "a network with the output '\(output)'", found: "without it")
    }
    return found
  }

  private func unrecordedArray(_ reference: SourceReference, trail: [String]) throws -> NDArray<Double> {
    let path = SourcePath(reference.name, cells: sources.keys)
    switch sources[path.container] {
    case .samples(let cell)? where path.member == nil:
      guard !trail.contains(path.container) else {
        throw BenchError.wrongKind(reference.name, expected: "free of cycles", found: "a source of itself")
      }
      let inner = NestedBench { try self.unrecordedArray($0, trail: trail + [path.container]) }
      return try cell.selection.points(on: inner)
    case .samples?:
      throw BenchError.wrongKind(
        reference.name, expected: "a set of samples without a member", found: "a member of one")
    case .checkpoint(let cell)?:
      return try shelf.array(at: FieldPlan.resolve(cell.path.name, in: folder), member: path.member, set: cell.set)
    case .series(let cell)?:
      let files = try SeriesFiles(cell, in: folder, workspace: shelf.workspace)
      guard let member = path.member else {
        throw BenchError.wrongKind(
          reference.name, expected: "an array, as in '\(reference.name):\(files.members[0].label):NAME'",
          found: "a series")
      }
      let label = String(member.prefix { $0 != ":" })
      let name = String(member.dropFirst(label.count + 1))
      return try SourceShelf(workspace: shelf.workspace).array(
        at: try files.file(ofMember: label, of: path.container), member: name.isEmpty ? nil : name, set: cell.set)
    case .network?:
      throw BenchError.wrongKind(reference.name, expected: "an array", found: "a network")
    case .recording(let cell)?:
      let files = try recordedFiles(cell)
      if let files, path.member == nil {
        throw BenchError.wrongKind(
          reference.name, expected: "an array, as in '\(reference.name):\(files.members[0].label)'",
          found: "a series of \(files.members.count)")
      }
      guard let file = cell.path else {
        return try activity(cell, of: path.container, member: path.member, trail: trail)
      }
      guard let member = path.member else { return try shelf.array(named: file.name, in: folder) }
      guard let files else { return try shelf.array(named: "\(file.name):\(member)", in: folder) }
      return try SourceShelf(workspace: shelf.workspace)
        .array(at: try files.file(ofMember: member, of: path.container), member: nil)
    case .system(let cell)?:
      let found = try simulated(cell, path)
      let shape = [found.trajectories.count, cell.samples, found.unitCount]
      return NDArray(shape: shape[0] == 1 ? Array(shape.dropFirst()) : shape, values: found.stacked.entries)
    case nil:
      if path.member == nil, let points = try pointsFound(path.container) { return points }
      return try shelf.array(named: reference.name, in: folder)
    }
  }

  private func remember(_ reference: SourceReference, _ part: String, _ keys: some Encodable) throws {
    remember(reference, part, ContentDigest(of: Bytes(data: try JSONValue(encoding: keys).jsonData())))
  }

  private func remember(
    _ reference: SourceReference, _ part: String, _ digest: ContentDigest, of network: ExaminedNetwork? = nil
  ) {
    let entry = ProbeRecord.SourceDigest(
      name: reference.name, part: part, sha256: digest.hex,
      state: network.map { "\($0.state.words); \($0.state.adjointWords)" }, facts: network?.facts)
    if !used.contains(entry) { used.append(entry) }
  }
}

/// A bench that only resolves arrays, for sources that draw on other sources.
private final class NestedBench: Bench {
  let resolve: (SourceReference) throws -> NDArray<Double>
  init(_ resolve: @escaping (SourceReference) throws -> NDArray<Double>) { self.resolve = resolve }
  func network(_ reference: SourceReference) throws -> NetworkSource {
    throw BenchError.wrongKind(reference.name, expected: "an array", found: "a network")
  }
  func array(_ reference: SourceReference) throws -> NDArray<Double> { try resolve(reference) }
}

extension Recording {
  /// The digest of its samples and of all that is known of them.
  fileprivate var digest: ContentDigest {
    let digester = ContentDigester()
    for trial in trajectories {
      let samples = trial.samples
      digester.append(field: trial.name)
      digester.append(field: trial.condition ?? "")
      digester.append(
        field: ContentDigest(
          of: Tensor(name: "", shape: [samples.rowCount, samples.columnCount], doubles: samples.entries)
        ).hex)
    }
    for name in unitNames + ["\(sampleInterval)", timeUnit] { digester.append(field: name) }
    return digester.finish()
  }
}
