import Exhibits
import Foundation

extension SignalReconstructionFinding {
  var embeddingFigure: Exhibit {
    func panel(_ title: String, _ x: [Double], _ y: [Double], _ labels: (String, String)) -> Panel {
      Panel(
        title: title, x: Axis(labels.0), y: Axis(labels.1),
        layers: [Layer(mark(zip(x, y).map { Mark.Point($0, $1) }))], levels: levels)
    }
    var panels: [Panel] = []
    switch cloud.count {
    case 3:
      let (across, up) = ThreeAxes.fromAside(cloud)
      panels = [
        panel("in three dimensions", across, up, ("across", "up")),
        panel("from above", cloud[0], cloud[1], ("first axis", "second axis")),
      ]
    case 2: panels = [panel("", cloud[0], cloud[1], ("first axis", "second axis"))]
    default:
      let values = cloud.first ?? []
      panels = [panel("", Array(values.dropLast()), Array(values.dropFirst()), ("now", "one sample later"))]
    }
    return Exhibit(
      name: "embedding",
      content: .figure(
        Figure(
          panels, columnCount: panels.count, aspect: 1,
          altText:
            "The reconstruction of \(subject) along its principal axes\(colouring.map { ", coloured by unit \($0.unit)" } ?? "")."
        )),
      caption:
        "The first \(cloud.first?.count ?? 0) states of the reconstruction at a delay of \(counted(delay, "sample"))\(cloud.count >= 2 ? ", along its principal axes" : ""), in deviations of the signal.\(colourWords)"
    )
  }

  /// Points where they have colours; else a line where it shows the flow.
  private func mark(_ points: [Mark.Point]) -> Mark {
    if let colouring { return .cloud(Mark.Cloud(points, values: Array(colouring.values.prefix(points.count)))) }
    return isFlow ? .line(points) : .points(points)
  }

  private var levels: LevelScale? {
    colouring.map { colouring in
      // A unit without a name has a number for one.
      let label = Int(colouring.unit) == nil ? colouring.unit : "unit \(colouring.unit)"
      guard let period = colouring.period else { return LevelScale(Axis(label)) }
      let isAngle = abs(period - 2 * .pi) < 1e-3
      return LevelScale(
        Axis(label, scale: isAngle ? .angle : .linear, from: 0, to: isAngle ? 2 * .pi : period), kind: .cyclic)
    }
  }

  private var colourWords: String {
    colouring.map {
      " Colour: unit \($0.unit) at the same time, of which the reconstruction has seen nothing; where states are unfolded, it varies smoothly from one to the next."
    } ?? ""
  }

  /// Whether successive states are near enough for a line through them.
  private var isFlow: Bool { delay > 3 }
}
