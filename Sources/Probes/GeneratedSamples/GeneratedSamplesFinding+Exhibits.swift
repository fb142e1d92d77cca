import Exhibits

extension GeneratedSamplesFinding {
  /// The samples as pictures where they are some, their distances to data where there are any, and a summary.
  public var exhibits: [Exhibit] { [grid, distances].compactMap { $0 } + [summary] }

  /// At most so many pictures stand side by side, and so many rows.
  private static let mostShown = 16

  private var groupCount: Int { conditions.map(\.rows.count).max() ?? 1 }

  private var grid: Exhibit? {
    guard let imageShape else { return nil }
    let perGroup = count / groupCount
    let isByCondition = groupCount > 1 && perGroup > 1
    let columnCount: Int
    var shown = samples
    var rowNames: [String] = []
    if isByCondition {
      columnCount = min(perGroup, Self.mostShown)
      let groups = 0..<min(groupCount, Self.mostShown)
      shown = groups.flatMap { samples[($0 * perGroup)..<($0 * perGroup + columnCount)] }
      rowNames = groups.map(conditionNames)
    } else {
      shown = Array(samples.prefix(Self.mostShown * Self.mostShown))
      columnCount = min(Self.mostShown, Int(Double(shown.count).squareRoot().rounded(.up)))
    }
    let varied = conditions.filter { $0.rows.count > 1 }.map(\.name).joined(separator: ", ")
    let panel = Panel(
      title: title,
      images: Mark.Images(
        shown, pixelRowCount: imageShape[0], pixelColumnCount: imageShape[1], columnCount: columnCount),
      rows: isByCondition ? (varied, rowNames) : ("", []),
      levels: LevelScale(Axis("", from: shades[0], to: shades[1]), kind: .brightness))
    let fixed = conditions.filter { $0.rows.count == 1 }.map { "\($0.name) = \(Self.written($0.rows[0]))" }
    let given = fixed.isEmpty ? "" : " at " + fixed.joined(separator: ", ")
    let which = shown.count < count ? "\(shown.count) of \(count)" : "\(count)"
    return Exhibit(
      name: "grid",
      content: .figure(
        Figure(
          [panel],
          altText:
            "\(shown.count) pictures of \(imageShape[0])×\(imageShape[1]) pixels that \(network) made, in rows of \(columnCount)."
        )),
      caption:
        "Samples from \(network)\(given): \(which) by \(sampler)"
        + (isByCondition ? "; every row has a condition of its own" : "")
        + ". Black is \(rounded(shades[0])), white \(rounded(shades[1]))."
    )
  }

  /// The network's cell, or the name of its file: what tells panels apart where several findings are shown together.
  private var title: String {
    guard let file = network.split(separator: "/").last, network.contains("/") else { return network }
    return file.split(separator: ".").first.map(String.init) ?? network
  }

  private func conditionNames(_ group: Int) -> String {
    let varied = conditions.filter { $0.rows.count > 1 }
    return varied.map { condition in
      (varied.count > 1 ? "\(condition.name) = " : "") + Self.written(condition.rows[group])
    }.joined(separator: "; ")
  }

  private static func written(_ row: [Double]) -> String {
    let shown = row.prefix(4).map { rounded($0).replacing("-", with: "−") } + (row.count > 4 ? ["…"] : [])
    return row.count == 1 ? shown[0] : "(\(shown.joined(separator: ", ")))"
  }

  private var distances: Exhibit? {
    guard let nearness else { return nil }
    let all = nearness.distances + nearness.distancesInData
    let top = all.max() ?? 0
    let range = 0...(top > 0 ? top : 1)
    var layers = [
      Layer(.histogram(.init(densityOf: nearness.distances, binCount: 20, over: range)), label: "samples")
    ]
    if !nearness.distancesInData.isEmpty {
      layers.append(
        Layer(
          .histogram(.init(densityOf: nearness.distancesInData, binCount: 20, over: range)), role: .reference,
          label: "data"))
    }
    let panel = Panel(x: Axis("distance to the data"), y: Axis("density"), layers: layers)
    let dashed = nearness.distancesInData.isEmpty ? "" : " Dashed: from a point of the data to its nearest other."
    return Exhibit(
      name: "distances",
      content: .figure(Figure([panel], altText: "Histogram of the distances from samples to the data.")),
      caption: "Root-mean-square distance per coordinate from every sample to the nearest point of the data.\(dashed)")
  }

  private var summary: Exhibit {
    var rows: [(String, Double)] = [
      ("samples", Double(count)), ("numbers per sample", Double(dimension)),
      ("noise levels", Double(noiseToSignal.count)),
      ("mean", mean), ("spread over samples", spread), ("least", least), ("greatest", greatest),
    ]
    if let nearness {
      rows.append(("median distance to the data", nearness.median))
      if let within = nearness.medianInData { rows.append(("median distance within the data", within)) }
    }
    return Exhibit(
      name: "summary",
      content: .table(
        Table(columns: [
          .init("quantity", .texts(rows.map(\.0))), .init("value", .numbers(rows.map(\.1), format: ".4g")),
        ])),
      caption: "The samples of \(network), drawn by \(sampler).")
  }
}
