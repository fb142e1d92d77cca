import Checkpoints
import Foundation
import LinearAlgebra

/// Whether a network is known to be the function that its file was made from.
public enum Verification: Sendable, Hashable {
  /// All recorded pairs were reproduced; `error` is the largest scaled one, `isWide` says whether float64 was recorded.
  case verified(pairs: Int, error: Double, isWide: Bool)
  /// There are no recorded pairs.
  case unverified
  /// A recorded pair was not reproduced.
  case contradicted(pair: Int, what: String, error: Double, tolerance: Double)
}

/// Whether the two ways of differentiating a network agree: ⟨u, J v⟩ = ⟨Jᵀ u, v⟩.
public enum AdjointTest: Sendable, Hashable {
  /// They do, up to a scaled defect.
  case passed(defect: Double)
  /// They do not.
  case failed(output: String, input: String, defect: Double)
  /// It could not be tried.
  case skipped(reason: String)
}

/// What is known of a loaded network, and how.
public struct NetworkState: Sendable, Hashable {
  /// Whether it is its maker's function.
  public let verification: Verification
  /// Whether its derivatives agree with each other.
  public let adjoint: AdjointTest

  /// Largest errors allowed, relative to the largest number recorded. ONNX files carry constants folded in single
  /// precision, which shows as 2e-7; a derivative may make ten times that of it.
  public static let tolerance = (wide: 1e-6, single: 1e-4, derivative: 1e-5)
  /// The largest adjoint defect allowed in double precision.
  public static let adjointTolerance = 1e-8

  /// Tries a network: on recorded pairs if there are any, and for its adjoint at one point.
  ///
  /// Throws: ``NetworkError/probe(reason:)`` when the pairs are not for such a network.
  public init(of network: Network, pairs: ProbePairs?) throws(NetworkError) {
    verification = try pairs.map { (pairs) throws(NetworkError) in try Self.verify(network, pairs) } ?? .unverified
    adjoint = Self.testAdjoint(network, at: try pairs?.pairs.first?.inputs(of: network))
  }

  /// What makes the network unfit for use; `nil` if nothing does.
  public var fault: NetworkError? {
    if case .contradicted(let pair, let what, let error, let tolerance) = verification {
      return .contradicted(pair: pair, what: what, error: error, tolerance: tolerance)
    }
    if case .failed(let output, let input, let defect) = adjoint {
      return .adjointDiffers(output: output, input: input, defect: defect)
    }
    return nil
  }

  /// The state in one word: `verified`, `unverified` or `contradicted`.
  public var word: String {
    switch verification {
    case .verified: "verified"
    case .unverified: "unverified"
    case .contradicted: "contradicted"
    }
  }

  /// The state in a few words.
  public var words: String {
    switch verification {
    case .verified(let pairs, let error, let isWide):
      "verified: \(pairs) recorded \(pairs == 1 ? "pair" : "pairs") reproduced, largest error \(error.brief) (\(isWide ? "float64" : "float32"))"
    case .unverified: "unverified: no recorded pairs beside it"
    case .contradicted(let pair, let what, let error, _):
      "contradicted: pair \(pair), \(what) differs by \(error.brief)"
    }
  }

  /// The adjoint test in a few words.
  public var adjointWords: String {
    switch adjoint {
    case .passed(let defect): "forward and reverse derivatives agree to \(defect.brief)"
    case .failed(let output, let input, let defect):
      "forward and reverse derivatives of '\(output)' by '\(input)' differ by \(defect.brief)"
    case .skipped(let reason): "derivatives not tried: \(reason)"
    }
  }
}

extension NetworkState {
  private static func verify(_ network: Network, _ pairs: ProbePairs) throws(NetworkError) -> Verification {
    var worst = 0.0
    var isWide = true
    for (index, pair) in pairs.pairs.enumerated() {
      isWide = isWide && !pair.wideOutputs.isEmpty
      let found: (error: Double, contradiction: Verification?)
      do throws(NetworkError) {
        found = try compare(network, pair, index)
      } catch {
        if case .probe(let reason) = error { throw .probe(reason: "pair \(index): \(reason)") }
        throw .probe(reason: "the network cannot be run on pair \(index): \(error.message)")
      }
      if let contradiction = found.contradiction { return contradiction }
      worst = max(worst, found.error)
    }
    return .verified(pairs: pairs.pairs.count, error: worst, isWide: isWide)
  }

  /// The largest error of a pair's outputs, or what contradicts the pair.
  private static func compare(
    _ network: Network, _ pair: ProbePairs.Pair, _ index: Int
  ) throws(NetworkError) -> (error: Double, contradiction: Verification?) {
    var worst = 0.0
    let hasWide = !pair.wideOutputs.isEmpty
    let inputs = try pair.inputs(of: network)
    let recorded = try ProbePairs.Pair.arrays(
      hasWide ? pair.wideOutputs : pair.outputs, of: network.outputs, kind: "output")
    let found = try network.evaluate(inputs)
    for name in recorded.keys.sorted() {
      let error = scaledError(found[name], recorded[name])
      let allowed = hasWide ? tolerance.wide : tolerance.single
      guard error <= allowed else {
        return (error, .contradicted(pair: index, what: "output '\(name)'", error: error, tolerance: allowed))
      }
      worst = max(worst, error)
    }
    let directions = try ProbePairs.Pair.arrays(
      pair.directions, of: network.inputs.filter(\.isReal), kind: "direction")
    let products = try ProbePairs.Pair.arrays(pair.products, of: network.outputs, kind: "derivative")
    for name in products.keys.sorted() {
      guard let recorded = products[name],
        let found = try product(network, of: name, at: inputs, along: directions)
      else { continue }
      let error = scaledError(found, recorded)
      guard error <= tolerance.derivative else {
        return (
          error,
          .contradicted(
            pair: index, what: "the derivative of output '\(name)'", error: error, tolerance: tolerance.derivative)
        )
      }
    }
    return (worst, nil)
  }

  /// The derivative of an output along directions of several inputs together; `nil` where it depends on none.
  private static func product(
    _ network: Network, of output: String, at inputs: [String: NDArray<Double>],
    along directions: [String: NDArray<Double>]
  ) throws(NetworkError) -> NDArray<Double>? {
    var sum: NDArray<Double>?
    for name in directions.keys.sorted() {
      guard let direction = directions[name] else { continue }
      do throws(NetworkError) {
        let part = try network.jacobianVectorProduct(of: output, withRespectTo: name, at: inputs, along: direction)
        sum = sum.map { NDArray(shape: $0.shape, values: zip($0.values, part.values).map { $0 + $1 }) } ?? part
      } catch {
        // An output need not depend on every input.
        guard case .notDifferentiable = error else { throw error }
      }
    }
    return sum
  }

  /// The largest difference, relative to the largest number recorded; infinite where shapes differ or a NaN stands alone.
  private static func scaledError(_ found: NDArray<Double>?, _ recorded: NDArray<Double>?) -> Double {
    guard let found, let recorded, found.shape == recorded.shape else { return .infinity }
    let scale = recorded.values.reduce(0) { max($0, abs($1)) }
    var worst = 0.0
    for (x, y) in zip(found.values, recorded.values) where x != y {
      let difference = abs(x - y)
      guard difference.isFinite else { return .infinity }
      worst = max(worst, difference)
    }
    return scale > 0 ? worst / scale : worst
  }

  private static func testAdjoint(_ network: Network, at recorded: [String: NDArray<Double>]?) -> AdjointTest {
    var random = SeededGenerator(seed: 0)
    let inputs: [String: NDArray<Double>]
    if let recorded {
      inputs = recorded
    } else {
      var drawn: [String: NDArray<Double>] = [:]
      for port in network.inputs {
        guard port.shape.dropFirst().allSatisfy({ $0 != nil }) else {
          return .skipped(reason: "input '\(port.name)' has open axes, and no pair is recorded that fills them")
        }
        let shape = port.shape.map { $0 ?? 2 }
        let count = shape.reduce(1, *)
        guard count <= 1 << 24 else { return .skipped(reason: "input '\(port.name)' is too large for a trial") }
        // Positive, as noise levels and times are; whole numbers at the only value that is always one of theirs.
        drawn[port.name] = NDArray(
          shape: shape,
          values: (0..<count).map { _ in port.isReal ? Double.random(in: 0.25...1, using: &random) : 0 })
      }
      inputs = drawn
    }
    var worst: Double?
    var reason = "no output depends smoothly on an input"
    for output in network.outputs where output.isReal {
      for input in network.inputs where input.isReal {
        do throws(NetworkError) {
          let defect = try network.adjointDefect(
            of: output.name, withRespectTo: input.name, at: inputs, using: &random)
          guard defect <= adjointTolerance else {
            // Where numbers run out of range there is nothing to compare.
            guard defect.isFinite else {
              reason = "the network is not finite at the trial's inputs"
              continue
            }
            return .failed(output: output.name, input: input.name, defect: defect)
          }
          worst = max(worst ?? 0, defect)
        } catch {
          if case .notDifferentiable = error { continue }
          reason = error.message
        }
      }
    }
    return worst.map { .passed(defect: $0) } ?? .skipped(reason: reason)
  }
}

extension Network.Port {
  /// Whether the port takes or gives real numbers.
  var isReal: Bool { ModelDescription.isParameter(elementType) }
}

extension Double {
  fileprivate var brief: String { self == 0 ? "0" : String(format: "%.1e", self) }
}
