import Diagnostics
import Probing

/// A show cell that has been read and checked.
public enum Showing: Hashable, Sendable {
  case figure(FigureCell)
  case table(TableCell)
  case check(CheckCell)

  /// The kinds of show cells.
  public static let kinds = [FigureCell.kind, TableCell.kind, CheckCell.kind]

  /// Reads a show cell of a kind; `nil` for a kind that is none.
  static func reading(
    kind: String, body: WrittenValue
  ) throws(ParameterError) -> (showing: Showing, references: [WrittenReference])? {
    switch kind {
    case FigureCell.kind:
      let (form, references) = try FigureCell.reading(body)
      return (.figure(form), references)
    case TableCell.kind:
      let (form, references) = try TableCell.reading(body)
      return (.table(form), references)
    case CheckCell.kind:
      let (form, references) = try CheckCell.reading(body)
      return (.check(form), references)
    default: return nil
    }
  }
}
