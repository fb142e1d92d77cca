extension Matrix: Codable {
  private enum CodingKeys: String, CodingKey { case rowCount, columnCount, entries }

  /// Reads a matrix; refuses one whose entries are not as many as its shape says.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let rowCount = try container.decode(Int.self, forKey: .rowCount)
    let columnCount = try container.decode(Int.self, forKey: .columnCount)
    let entries = try container.decode([Scalar].self, forKey: .entries)
    let (size, overflow) = rowCount.multipliedReportingOverflow(by: columnCount)
    guard rowCount >= 0, columnCount >= 0, !overflow, size == entries.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .entries, in: container,
        debugDescription: "\(entries.count) entries; a \(rowCount)×\(columnCount) matrix has one for each place")
    }
    self.init(rowCount: rowCount, columnCount: columnCount, entries: entries)
  }

  /// Writes shape and entries.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rowCount, forKey: .rowCount)
    try container.encode(columnCount, forKey: .columnCount)
    try container.encode(entries, forKey: .entries)
  }
}
