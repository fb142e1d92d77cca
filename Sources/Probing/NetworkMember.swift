import Diagnostics

/// A network of a source, which has one or is a series of them; unopened.
public struct NetworkMember: Sendable {
  /// What tells it from the others of its series, as the file has it; `nil` of a single one.
  public let label: String?
  /// Its step, seed or size; `nil` of a single one.
  public let number: Double?
  /// What the members of its series differ in; `nil` of a single one.
  public let over: NetworkSeries.Index?
  /// Opens it. Throws what is the matter, naming the file.
  public let open: @Sendable () throws -> NetworkSource

  /// A single network.
  public init(_ source: NetworkSource) {
    (label, number, over) = (nil, nil, nil)
    open = { source }
  }

  /// The member of a series at a position.
  public init(of series: NetworkSeries, at position: Int) {
    let member = series.members[position]
    (label, number, over) = (member.label, member.number, series.over)
    open = { try series.network(ofMember: position) }
  }
}

/// One of the networks that a probe compares.
public struct ComparedNetwork: Sendable {
  /// What to call it.
  public let name: String
  /// Where it is from, as written.
  public let source: String
  /// Which of the sources it is from, counted from 0.
  public let sourceIndex: Int
  /// What its source is called, without what tells members apart.
  public let group: String
  /// The network.
  public let member: NetworkMember

  /// The same where its source is called otherwise.
  public func renamed(_ name: String) -> ComparedNetwork {
    ComparedNetwork(
      name: member.label.map { "\(name) \($0)" } ?? name, source: source, sourceIndex: sourceIndex, group: name,
      member: member)
  }
}

extension Bench {
  /// All networks of several sources, in their order, unopened where they are of a series.
  public func comparedNetworks(_ references: [SourceReference]) throws -> [ComparedNetwork] {
    let names = SourceReference.shortNames(of: references.map(\.name))
    return try references.indices.flatMap { index in
      let (source, name) = (references[index].name, names[index])
      let group = SourceReference.groupName(of: name)
      return try networks(references[index]).map { member in
        ComparedNetwork(
          name: member.label.map { name.contains("*") ? name.replacing("*", with: $0) : "\(name) \($0)" } ?? name,
          source: member.label.map { source.contains("*") ? source.replacing("*", with: $0) : "\(source):\($0)" }
            ?? source,
          sourceIndex: index, group: group, member: member)
      }
    }
  }
}

extension SourceReference {
  /// What a source is called without what tells its members apart, which is a \* in its name.
  public static func groupName(of name: String) -> String {
    let parts = name.split(separator: "*").map { $0.trimming("-_. /") }.filter { !$0.isEmpty }
    return parts.isEmpty ? name : parts.joined(separator: " ")
  }
}

extension StringProtocol {
  fileprivate func trimming(_ ends: String) -> String {
    String(String(drop(while: ends.contains).reversed()).drop(while: ends.contains).reversed())
  }
}
