/// A table: typed columns of equal length.
public struct Table: Sendable, Hashable, Codable {
  /// One column. Exactly the values of its kind, so a malformed table cannot be written.
  public struct Column: Sendable, Hashable, Codable {
    /// A column's values.
    public enum Values: Sendable, Hashable, Codable {
      /// Numbers, shown with a format such as `.3g` or `.2f`; `nil` shows as an en dash.
      case numbers([Double?], format: String)
      /// Text.
      case texts([String])
    }

    /// The heading, in label markup (`_{}` and `^{}`).
    public var heading: String
    /// The unit; empty when there is none.
    public var unit: String
    /// The values.
    public var values: Values

    /// Makes a column.
    public init(_ heading: String, unit: String = "", _ values: Values) {
      self.heading = heading
      self.unit = unit
      self.values = values
    }

    /// The number of values.
    public var count: Int {
      switch values {
      case .numbers(let numbers, _): numbers.count
      case .texts(let texts): texts.count
      }
    }
  }

  /// The columns, left to right.
  public var columns: [Column]

  /// Makes a table. Every column must have the same count.
  public init(columns: [Column]) {
    precondition(Set(columns.map(\.count)).count <= 1, "columns of one table differ in length")
    self.columns = columns
  }

  /// The number of rows.
  public var rowCount: Int { columns.first?.count ?? 0 }
}
