import Analysis
import LinearAlgebra
import Networks
import Probing

extension Factorization {
  /// What one measurement needs.
  public struct Subject: Sendable {
    let conditions: FactorGrid
    /// The factors' values, sample by sample.
    let labels: Matrix<Double>
    let content: Content
  }

  /// Where codes are from.
  enum Content: Sendable {
    case arrays([(name: String, array: NDArray<Double>)])
    case networks([ComparedNetwork], given: [String: NDArray<Double>])
  }

  /// Takes the factors, and the codes or the networks.
  public func gather(from bench: some Bench) throws -> Subject {
    let labels = try factorValues(from: bench)
    let conditions = try FactorGrid(labels: labels, factors: try described(labels.columnCount))
    guard network.isEmpty else {
      var found = try bench.comparedNetworks(network)
      let spread = try names.spread(over: found.map(\.sourceIndex), key: "names")
      if !spread.isEmpty { found = zip(found, spread).map { $0.renamed($1) } }
      var given: [String: NDArray<Double>] = [:]
      for name in inputs.keys.sorted() {
        guard case .source(let source)? = inputs[name] else { continue }
        let array = try bench.array(source)
        let bad = array.values.count { !$0.isFinite }
        if bad > 0 { throw BenchError.notFinite(source.name, count: bad) }
        given[name] = array
      }
      return Subject(conditions: conditions, labels: labels, content: .networks(found, given: given))
    }
    let short = names.isEmpty ? SourceReference.shortNames(of: activations.map(\.name)) : names
    guard short.count == activations.count else {
      throw ParameterError.rule(
        "names", is: "\(short.count) long", mustBe: "\(activations.count) long, one for each array")
    }
    let arrays = try zip(short, activations).map { name, source in
      let array = try bench.array(source)
      guard array.rank >= 1, array.count > 0 else {
        throw BenchError.wrongShape(source.name, shape: array.shape, rule: "samples × units")
      }
      guard array.shape[0] == labels.rowCount else {
        throw FactorizationError.otherSamples(labels: labels.rowCount, samples: array.shape[0])
      }
      let bad = array.values.count { !$0.isFinite }
      if bad > 0 { throw BenchError.notFinite(source.name, count: bad) }
      return (name, array)
    }
    return Subject(conditions: conditions, labels: labels, content: .arrays(arrays))
  }

  private func factorValues(from bench: some Bench) throws -> Matrix<Double> {
    guard grid.isEmpty else {
      let rows = grid.reduce([[Double]]([[]])) { rows, values in
        let count = Int(values[2])
        return rows.flatMap { row in
          (0..<count).map { row + [values[0] + (values[1] - values[0]) * Double($0) / Double(count - 1)] }
        }
      }
      return Matrix(rowCount: rows.count, columnCount: grid.count, entries: rows.flatMap { $0 })
    }
    let array = try bench.array(factors)
    guard array.rank == 2, array.shape[0] > 0, (2...20).contains(array.shape[1]) else {
      throw BenchError.wrongShape(factors.name, shape: array.shape, rule: "samples × factors, from 2 to 20 of these")
    }
    let bad = array.values.count { !$0.isFinite }
    if bad > 0 { throw BenchError.notFinite(factors.name, count: bad) }
    return Matrix(rowCount: array.shape[0], columnCount: array.shape[1], entries: array.values)
  }

  /// What is known of so many factors.
  private func described(_ count: Int) throws(ParameterError) -> [Factor] {
    guard factorNames.isEmpty || factorNames.count == count else {
      throw .rule("factorNames", is: "\(factorNames.count) long", mustBe: "\(count) long, one for each factor")
    }
    guard periodic.count <= 1 || periodic.count == count else {
      throw .rule(
        "periodic", is: "\(periodic.count) long", mustBe: "\(count) long, one for each factor, or one for all")
    }
    let called = factorNames.isEmpty ? (1...count).map { "factor \($0)" } : factorNames
    var isNamed = [Bool](repeating: false, count: count)
    for name in categorical {
      guard let place = called.firstIndex(of: name) ?? Int(name).map({ $0 - 1 }), called.indices.contains(place) else {
        throw .rule("categorical", is: "'\(name)'", mustBe: "the name of a factor, or its position from 1")
      }
      isNamed[place] = true
    }
    return called.enumerated().map { place, name in
      if isNamed[place] { return Factor(name, .categorical) }
      let period = periodic.isEmpty ? PeriodParameter.bounded : periodic[periodic.count == 1 ? 0 : place]
      switch period {
      case .period(let period): return Factor(name, .periodic(period))
      case .bounded: return Factor(name, .bounded)
      }
    }
  }
}
