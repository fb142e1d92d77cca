import Diagnostics
import Notebooks
import Probing

/// A table: a finding's exhibit, or columns from findings.
public struct TableCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "table"
  /// The keys where the notebook is silent.
  public static let standard = TableCell()

  /// One column.
  public struct Column: Codable, Hashable, Sendable {
    /// The heading.
    public var heading: String
    /// The values.
    public var values: FindingReference
    /// The unit.
    public var unit: String?
    /// How to write numbers.
    public var format: String?
  }

  /// The exhibit to show.
  public var show: FindingReference?
  /// Columns of our own choice.
  public var columns: [Column]?
  /// The caption; the exhibit's own if left out.
  public var caption: String?

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    switch (show, columns) {
    case (nil, nil): throw .missing("show", "name an exhibit, such as 'gaps.levels', or give 'columns'")
    case (.some, .some): throw .rule("columns", is: "given beside 'show'", mustBe: "left out where 'show' is given")
    default: break
    }
    if columns?.isEmpty == true { throw .rule("columns", is: "an empty list", mustBe: "at least one column") }
    for (index, column) in (columns ?? []).enumerated() {
      if let format = column.format, ValueFormat(format) == nil {
        throw .rule("columns.\(index).format", is: "'\(format)'", mustBe: "a number format such as '.3g', '.2f' or 'd'")
      }
    }
  }
}
