import Analysis

/// A recording of a source, which has one or is a series of them: in several files, in several arrays of one, or of several networks.
public struct RecordingMember: Sendable {
  /// What tells it from the others of its series; `nil` of a single one.
  public let label: String?
  /// The recording.
  public let recording: Recording

  /// Makes a member.
  public init(label: String? = nil, _ recording: Recording) {
    self.label = label
    self.recording = recording
  }
}

/// One of the recordings that a probe compares.
public struct ComparedRecording: Sendable {
  /// What to call it.
  public let name: String
  /// Where it is from, as written.
  public let source: String
  /// Which of the sources it is from, counted from 0.
  public let sourceIndex: Int
  /// The series it is of; `nil` if no source is a series.
  public let group: String?
  /// The number with which the name ends that it has in its series.
  public let number: Double?
  /// The recording.
  public let recording: Recording
}

extension Bench {
  /// All recordings of several sources, in their order. If any source is a series, a single one is a group by itself.
  public func comparedRecordings(
    _ references: [RecordingReference], convention: RecordingConvention
  ) throws -> [ComparedRecording] {
    let sources = try references.map { reference in
      do { return try recordings(reference.source, convention: convention) } catch let error as RecordingError {
        throw RecordingTrouble(reference.name, error)
      }
    }
    let hasSeries = sources.contains { $0.contains { $0.label != nil } }
    let names = SourceReference.shortNames(of: references.map(\.name))
    return references.indices.flatMap { index in
      let (source, name) = (references[index].name, names[index])
      let star = name.firstIndex(of: "*")
      let group = star.map { name[..<$0].drop(whileLast: "-_. /".contains) } ?? name
      return sources[index].map { member in
        let label = member.label
        // What has a name of its own needs no other where there is only one source.
        let isNamed = references.count == 1 && label.map { Double($0) == nil } == true
        return ComparedRecording(
          name: label.map {
            star != nil ? name.replacing("*", with: $0) : isNamed ? $0 : "\(name) \($0)"
          } ?? name,
          source: label.map { star == nil ? "\(source):\($0)" : source.replacing("*", with: $0) } ?? source,
          sourceIndex: index, group: hasSeries ? (group.isEmpty ? name : group) : nil,
          number: label.flatMap(\.endingNumber),
          recording: member.recording)
      }
    }
  }
}

extension [String] {
  /// Labels for so many systems: one for each, or one for each source of theirs.
  public func spread(over sources: [Int], key: String) throws(ParameterError) -> [String] {
    let sourceCount = Set(sources).count
    if isEmpty || count == sources.count { return self }
    if count == sourceCount { return sources.map { self[$0] } }
    let perSource = sourceCount < sources.count ? ", or \(sourceCount) long, one for each source" : ""
    throw .rule(key, is: "\(count) long", mustBe: "\(sources.count) long, one for each system\(perSource)")
  }
}

extension SourceReference {
  /// Sources' names without folders and endings, where that leaves them different.
  public static func shortNames(of names: [String]) -> [String] {
    let short = names.map { name -> String in
      let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let file = parts[0].split(separator: "/").last ?? parts[0]
      // What stands behind a name's last dot may be a number of the name's own.
      guard let dot = file.lastIndex(of: "."), file[dot...].dropFirst().contains(where: \.isLetter) else {
        return name
      }
      return file[..<dot] + (parts.count > 1 ? ":" + parts[1] : "")
    }
    return Set(short).count == names.count && !short.contains("") ? short : names
  }
}

extension String {
  /// The number at the end, before which a hyphen is none of it: 0.5 of `slope-0.5`.
  fileprivate var endingNumber: Double? {
    Double(self) ?? wholeMatch(of: /.*?[^0-9.]([0-9]*\.?[0-9]+)/).flatMap { Double($0.1) }
  }
}

extension StringProtocol {
  fileprivate func drop(whileLast isDropped: (Character) -> Bool) -> String {
    String(reversed().drop(while: isDropped).reversed())
  }
}
