import Diagnostics
import Exhibits
import Networks
import Probing

/// The spectra of a network's Jacobian at every point.
public struct JacobianSpectrumFinding: ProbeFinding {
  /// The network, as the notebook names it.
  public var network: String
  /// The size of one output sample.
  public var outputSize: Int
  /// The size of one input sample.
  public var inputSize: Int
  /// How singular values were found.
  public var method: JacobianSpectrum.Method
  /// Singular values, descending: points × min(out, in), or the largest few of them; of a density its quantiles.
  public var singularValues: [[Double]]
  /// Eigenvalues of the symmetric part, ascending: points × n; `nil` unless the Jacobian is square.
  public var symmetricEigenvalues: [[Double]]?
  /// ‖J − Jᵀ‖/‖J + Jᵀ‖ at every point; `nil` unless the Jacobian is square.
  public var symmetryDefects: [Double]?
  /// The mean over points of each singular value.
  public var meanSingularValues: [Double]
  /// The mean over points of the largest singular value: the local Lipschitz constant.
  public var largest: Double
  /// What products alone gave at each point; empty where the matrix was made.
  public var partial: [PartialSpectrum]
  /// How the values are spread, mean over points; `nil` unless the method is `density`.
  public var density: SpectralDensity?
  /// The mean over points of ‖J‖²/σ₁²: how many directions carry the norm. Estimated where the matrix was not made.
  public var stableRank: Double
  /// The mean symmetry defect; `nil` unless the Jacobian is square.
  public var symmetryDefect: Double?
  /// The numerical doubts.
  public var caveats: [Caveat]

  init(network: String, spectra: JacobianSpectra, warnings: [String], kinks: [Network.Kink]) {
    self.network = network
    outputSize = spectra.outputSize
    inputSize = spectra.inputSize
    method = spectra.method
    partial = spectra.partial
    density = spectra.density
    singularValues = spectra.singularValues
    symmetricEigenvalues = spectra.symmetricEigenvalues
    symmetryDefects = spectra.symmetryDefects
    meanSingularValues = meanOfRows(singularValues)
    largest = mean(singularValues.map { $0.first ?? 0 })
    stableRank = mean(
      spectra.singularValues.enumerated().map { point, values in
        guard let first = values.first, first > 0 else { return 0 }
        let square = spectra.squaredNorms.isEmpty ? values.reduce(0) { $0 + $1 * $1 } : spectra.squaredNorms[point]
        return square / (first * first)
      })
    symmetryDefect = symmetryDefects.map(mean)
    caveats = warnings.map { Caveat("network", $0) }
    caveats += ties(kinks)
    caveats += fewPoints(singularValues.count)
    caveats += unconverged(partial)
  }

  /// Spectra and, for a square Jacobian, eigenvalues; and a summary.
  public var exhibits: [Exhibit] {
    var exhibits = [spectra]
    if let eigenvalues { exhibits.append(eigenvalues) }
    if let densityCurve { exhibits.append(densityCurve) }
    return exhibits + [summary]
  }

  /// More pale lines than this hide each other.
  private static let drawnCount = 32

  private var pale: String {
    singularValues.count > Self.drawnCount ? "the first \(Self.drawnCount) points (pale)" : "each point (pale)"
  }

  private var isWhole: Bool { meanSingularValues.count >= min(outputSize, inputSize) }
  private var knownValues: String {
    if density != nil { return "Quantiles of the density of the singular values" }
    return isWhole ? "Singular values" : "The \(meanSingularValues.count) largest singular values"
  }
  private var route: String {
    let products = density?.products ?? partial.reduce(0) { $0 + $1.products }
    return switch method {
    case .lanczos: ", by Golub–Kahan–Lanczos from \(products) products"
    case .randomized: ", by randomised decomposition from \(products) products"
    case .density: ", by stochastic Lanczos quadrature from \(products) products"
    case .automatic, .dense: ""
    }
  }

  private var spectra: Exhibit {
    let isPositive = singularValues.allSatisfy { $0.allSatisfy { $0 > 0 } }
    let lines = singularValues.prefix(Self.drawnCount).map { values in
      Layer(.line(indexed(values)), role: .background)
    }
    let panel = Panel(
      x: Axis("index", scale: .integer), y: Axis("singular value", scale: isPositive ? .log10 : .linear),
      layers: lines + [Layer(.line(indexed(meanSingularValues)), label: "mean")])
    return Exhibit(
      name: "spectra",
      content: .figure(
        Figure([panel], altText: "Sorted singular values of the Jacobian of \(network): \(pale) and the mean.")),
      caption:
        "\(knownValues) of the \(outputSize)×\(inputSize) Jacobian\(route): the mean over \(counted(singularValues.count, "point")) and \(pale)."
    )
  }

  private var eigenvalues: Exhibit? {
    guard let symmetricEigenvalues else { return nil }
    let lines = symmetricEigenvalues.prefix(Self.drawnCount).map {
      Layer(.line(indexed($0.reversed())), role: .background)
    }
    let mean = Layer(.line(indexed(meanOfRows(symmetricEigenvalues).reversed())), label: "mean")
    let panel = Panel(
      x: Axis("index", scale: .integer), y: Axis("eigenvalue of the symmetric part"),
      layers: lines + [Layer(.rules(.init(.horizontal, at: [0])), role: .reference), mean])
    return Exhibit(
      name: "eigenvalues",
      content: .figure(
        Figure([panel], altText: "Sorted eigenvalues of the symmetric part of the Jacobian of \(network).")),
      caption: "Eigenvalues of the Jacobian's symmetric part: the mean and \(pale). Dashed: zero.")
  }

  private var densityCurve: Exhibit? {
    guard let density else { return nil }
    let curve = zip(density.grid, density.density).map { Mark.Point($0, $1) }
    let band = curve.indices.map { index in
      let (height, error) = (density.density[index], density.standardErrors[index])
      return Mark.Interval(curve[index].x, max(0, height - 2 * error), height + 2 * error)
    }
    let panel = Panel(
      x: Axis("singular value"), y: Axis("density", from: 0),
      layers: [Layer(.band(band), role: .uncertainty), Layer(.line(curve))])
    return Exhibit(
      name: "density",
      content: .figure(Figure([panel], altText: "Density of the singular values of the Jacobian of \(network).")),
      caption:
        "Density of the singular values of the \(outputSize)×\(inputSize) Jacobian\(route), mean over \(counted(singularValues.count, "point")), smoothed over \(rounded(density.bandwidth)). Band: two standard errors over random vectors."
    )
  }

  private var summary: Exhibit {
    var rows: [(String, Double)] = [
      ("points", Double(singularValues.count)), ("largest singular value", largest), ("stable rank", stableRank),
    ]
    if !partial.isEmpty { rows.append(("largest error bound", mean(partial.map { $0.errorBounds.max() ?? 0 }))) }
    if let symmetryDefect { rows.append(("symmetry defect", symmetryDefect)) }
    return Exhibit(
      name: "summary",
      content: .table(
        Table(columns: [
          .init("quantity", .texts(rows.map(\.0))), .init("mean over points", .numbers(rows.map(\.1), format: ".4g")),
        ])),
      caption: "The Jacobian of \(network) at a glance.")
  }
}

/// Points at 1, 2, 3 … for the entries of a sorted spectrum.
func indexed(_ values: some Sequence<Double>) -> [Mark.Point] {
  values.enumerated().map { Mark.Point(Double($0.offset + 1), $0.element) }
}

/// The doubt that values exactly on kinks leave.
func ties(_ kinks: [Network.Kink]) -> [Caveat] {
  guard let most = kinks.max(by: { $0.count < $1.count }) else { return [] }
  let others = kinks.count - 1
  return [
    Caveat("ties", others == 0 ? most.sentence : "\(most.sentence); others do at \(counted(others, "more kink"))")
  ]
}

/// The doubt that fewer points than eight leave.
func fewPoints(_ count: Int) -> [Caveat] {
  guard count < 8 else { return [] }
  return [
    Caveat(
      "few-points",
      "only \(counted(count, "point")) \(count == 1 ? "was" : "were") measured; spectra vary from point to point")
  ]
}

/// The doubt that values without a sharp bound leave.
func unconverged(_ partial: [PartialSpectrum]) -> [Caveat] {
  let all = partial.reduce(0) { $0 + $1.values.count }
  let open = all - partial.reduce(0) { $0 + $1.convergedCount }
  guard open > 0 else { return [] }
  let worst = partial.flatMap(\.errorBounds).max() ?? 0
  return [
    Caveat(
      "not-converged",
      "\(open) of \(counted(all, "singular value")) are not known to the tolerance, the worst to within \(rounded(worst)); the spectrum is crowded there"
    )
  ]
}

/// A number with its noun: `1 point`, `8 points`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// The arithmetic mean; 0 of nothing.
func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

/// The mean over rows, column by column.
func meanOfRows(_ rows: [[Double]]) -> [Double] {
  guard let width = rows.first?.count else { return [] }
  return (0..<width).map { column in mean(rows.map { $0[column] }) }
}
