import Diagnostics
import Drawings
import Exhibits
import Notebooks
import Probing

/// A figure: a finding's exhibits as panels, or marks drawn from findings' columns.
public struct FigureCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "figure"
  /// The keys where the notebook is silent.
  public static let standard = FigureCell()

  /// The exhibits to show.
  public var show: [FindingReference]?
  /// Marks of our own choice, in one panel.
  public var marks: [MarkRecipe]?
  /// The horizontal axis of the marks.
  public var x: AxisRecipe?
  /// The vertical axis of the marks.
  public var y: AxisRecipe?
  /// How wide: `column`, `full`, or a length such as `3.25in` or `89mm`.
  public var width: String = "column"
  /// Panels per row.
  public var columns: Int?
  /// Height of a plotting area over its width.
  public var aspect: Double?
  /// The caption; the exhibit's own if left out.
  public var caption: String?
  /// The alternative text; the exhibit's own if left out.
  public var alt: String?

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    switch (show, marks) {
    case (nil, nil): throw .missing("show", "name an exhibit, such as 'gaps.spectra', or give 'marks'")
    case (.some, .some): throw .rule("marks", is: "given beside 'show'", mustBe: "left out where 'show' is given")
    case (let show?, nil) where show.isEmpty: throw .rule("show", is: "an empty list", mustBe: "at least one exhibit")
    case (nil, let marks?):
      if marks.isEmpty { throw .rule("marks", is: "an empty list", mustBe: "at least one mark") }
      for (index, mark) in marks.enumerated() where mark.kinds.count != 1 {
        let found = mark.kinds.map { "'\($0)'" }.joined(separator: " and ")
        throw .rule(
          "marks.\(index)", is: found.isEmpty ? "of no kind" : found,
          mustBe: "one of 'line', 'points', 'band', 'horizontal' and 'vertical'")
      }
      if x == nil { throw .missing("x", "marks need a horizontal axis, such as 'x: {label: noise σ, scale: log10}'") }
      if y == nil { throw .missing("y", "marks need a vertical axis, such as 'y: {label: dimension}'") }
    default: break
    }
    if let columns, !(1...24).contains(columns) { throw .rule("columns", is: columns, mustBe: "from 1 to 24") }
    if let aspect, !(0.05...20).contains(aspect) {
      throw .rule("aspect", is: ValueFormat.plain(aspect), mustBe: "from 0.05 to 20")
    }
    if figureWidth == nil {
      throw .rule(
        "width", is: "'\(width)'", mustBe: "'column', 'full', or a length such as '3.25in', '89mm' or '240pt'")
    }
  }

  /// The width in the terms of a theme.
  public var figureWidth: FigureWidth? {
    if width == "column" { return .column }
    if width == "full" { return .full }
    for (unit, points) in [("in", 72.0), ("mm", 72 / 25.4), ("cm", 72 / 2.54), ("pt", 1)] where width.hasSuffix(unit) {
      guard let number = Double(width.dropLast(unit.count).filter { $0 != " " }) else { return nil }
      let length = number * points
      return (36...2880).contains(length) ? .points(length) : nil
    }
    return nil
  }
}

/// One mark of a figure cell: exactly one of its kinds, with columns from findings.
public struct MarkRecipe: Codable, Hashable, Sendable {
  /// Two columns.
  public struct Columns: Codable, Hashable, Sendable {
    /// The horizontal coordinates.
    public var x: FindingReference
    /// The vertical coordinates.
    public var y: FindingReference
  }
  /// Three columns.
  public struct BandColumns: Codable, Hashable, Sendable {
    /// The horizontal coordinates.
    public var x: FindingReference
    /// The lower ends.
    public var lower: FindingReference
    /// The upper ends.
    public var upper: FindingReference
  }

  /// A line.
  public var line: Columns?
  /// Points.
  public var points: Columns?
  /// A band.
  public var band: BandColumns?
  /// A horizontal rule at a height.
  public var horizontal: Double?
  /// A vertical rule at a place.
  public var vertical: Double?
  /// The kinds that were written.
  var kinds: [String] {
    let written = [
      ("line", line != nil), ("points", points != nil), ("band", band != nil), ("horizontal", horizontal != nil),
      ("vertical", vertical != nil),
    ]
    return written.filter(\.1).map(\.0)
  }

  /// The label.
  public var label: String?
  /// `series`, `reference`, `uncertainty`, `highlight` or `background`.
  public var role: Layer.Role?
  /// Marks of one series share a number, and so a colour; counted up if left out.
  public var series: Int?
}

extension Layer.Role: ParameterChoice {
  /// Every role.
  public static let allCases: [Layer.Role] = [.series, .reference, .uncertainty, .highlight, .background]
}

extension Axis.Scale: ParameterChoice {
  /// Every scale.
  public static let allCases: [Axis.Scale] = [.linear, .log10, .integer, .angle]
}

/// An axis of a figure cell.
public struct AxisRecipe: Codable, Hashable, Sendable, ShorthandParameters {
  /// The key that a plain value stands for.
  public static let shorthandKey = "label"

  /// The label.
  public var label: String
  /// The unit.
  public var unit: String?
  /// How numbers become positions.
  public var scale: Axis.Scale?
  /// The lower end.
  public var from: Double?
  /// The upper end.
  public var to: Double?

  /// The axis.
  public var axis: Axis { Axis(label, unit: unit ?? "", scale: scale ?? .linear, from: from, to: to) }
}
