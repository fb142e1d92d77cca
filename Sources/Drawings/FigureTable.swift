import Exhibits

/// A figure's data as comma-separated values: one row per datum, in long form.
public struct FigureTable: Sendable, Hashable {
  /// The heading row.
  public static let columns = [
    "panel", "layer", "mark", "role", "label", "level", "x", "y", "lower", "upper", "value", "text",
  ]

  /// The figure whose data are listed.
  public var figure: Figure

  /// Makes the table of a figure.
  public init(_ figure: Figure) { self.figure = figure }
}
