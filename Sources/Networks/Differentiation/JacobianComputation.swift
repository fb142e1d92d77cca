import CKernels
import Foundation
import Synchronization

/// Jacobians at a batch of points: cut into parts that fit the cache, worked off by all processors.
///
/// A part is some points and some directions. The directions are seeded alike for every point of the part, so each
/// layer is one matrix product over all of them.
struct JacobianComputation<S: NetworkScalar>: Sendable {
  private struct Part {
    var points: Range<Int>
    var directions: Range<Int>
  }

  /// The linearisation at the points of some parts: made for the first of them, given up with the last.
  private final class Shared: Sendable {
    private let state: Mutex<(made: Linearization<S>?, waiting: Int)>

    init(_ known: Linearization<S>?, parts: Int) { state = Mutex((known, parts)) }

    func take(_ make: () throws(NetworkError) -> Linearization<S>) throws(NetworkError) -> Linearization<S> {
      try state.withLock { (state) throws(NetworkError) in
        let linearization = if let made = state.made { made } else { try make() }
        state.waiting -= 1
        state.made = state.waiting > 0 ? linearization : nil
        return linearization
      }
    }
  }

  private let network: Network
  private let pair: DifferentiablePair
  private let batch: Batch<S>
  private let goesForward: Bool
  private let inputSize: Int
  private let outputSize: Int
  private let parts: [Part]
  /// How many parts in succession have the same points.
  private let partsPerPoints: Int
  /// What was linearised to learn the sizes, and where.
  private let known: (linearization: Linearization<S>, points: Range<Int>)?
  private let workerCount: Int

  /// How many bytes of directions one step of a part should touch, so that they stay in the outer cache, and how many
  /// directions a part should have. Few directions at a time make slim products, unless each of them has many places.
  private static func partSize(isSlim: Bool) -> (bytes: Int, directions: Int) {
    isSlim ? (16 << 20, 64) : (4 << 20, 16)
  }

  init(
    _ network: Network, of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>],
    mode: JacobianMode, partBytes: Int? = nil
  ) throws(NetworkError) {
    self.network = network
    pair = try DifferentiablePair(network, output: output, input: input)
    batch = try Batch(network, inputs, axisOf: pair.inputName)
    guard let point = inputs[pair.inputName], point.rank > 0 else {
      throw .notDifferentiable(output: pair.outputName, input: pair.inputName, reason: "the input has no batch axis")
    }
    inputSize = point.shape.dropFirst().reduce(1, *)
    workerCount = Processors.all

    // A few points tell the sizes, and whether the samples are independent.
    let trial = 0..<min(batch.count, batch.fixedPart ?? 4)
    guard !trial.isEmpty else {
      outputSize = try Self.outputSizeOfNone(network, pair, batch)
      goesForward = true
      parts = []
      partsPerPoints = 1
      known = nil
      return
    }
    let linearization: Linearization<S> = try pair.linearization(network, try batch.values(trial))
    let shape = linearization.result.shape
    guard shape.first == batch.rowCount(trial) else {
      throw .batchMismatch(what: "output '\(pair.outputName)'", shape: shape, batch: batch.rowCount(trial))
    }
    outputSize = shape.dropFirst().reduce(1, *)
    try Self.checkIndependence(network, pair, batch, trial, linearization.result)
    let (size, overflows) = (batch.count * max(1, outputSize)).multipliedReportingOverflow(by: max(1, inputSize))
    guard !overflows, size <= 1 << 32 else {
      throw .tooLarge(
        what: "the Jacobian at \(batch.count) points", elementCount: "\(batch.count)×\(outputSize)×\(inputSize)",
        limit: 1 << 32)
    }
    goesForward = mode == .forward || (mode == .automatic && inputSize <= outputSize)
    known = (linearization, trial)
    let partSize = Self.partSize(isSlim: linearization.isSlim)
    (parts, partsPerPoints) = Self.cut(
      points: batch.count, fixed: batch.fixedPart, directions: goesForward ? inputSize : outputSize,
      width: max(1, linearization.widestCount / batch.rowCount(trial)),
      budget: max(1, (partBytes ?? partSize.bytes) / MemoryLayout<S>.stride), least: partSize.directions,
      workers: workerCount)
  }

  /// The size of one sample's output when there is no sample: as the file says, or as the network makes of none.
  private static func outputSizeOfNone(
    _ network: Network, _ pair: DifferentiablePair, _ batch: Batch<S>
  ) throws(NetworkError) -> Int {
    let port = network.outputs[pair.outputIndex]
    if port.shape.count == 1 { return 1 }
    if let size = port.sampleSize { return size }
    return try pair.value(network, try batch.values(0..<0)).shape.dropFirst().reduce(1, *)
  }

  /// The first sample's output must stay when the other samples become copies of the first.
  private static func checkIndependence(
    _ network: Network, _ pair: DifferentiablePair, _ batch: Batch<S>, _ trial: Range<Int>, _ result: NDArray<S>
  ) throws(NetworkError) {
    guard trial.count > 1 else { return }
    let rowCount = batch.rowCount(trial)
    let alone = try pair.value(network, try batch.valuesOfFirst(trial))
    let size = result.count / rowCount
    var change = 0.0
    var largest = 0.0
    for (x, y) in zip(
      Double.converting(Array(result.values.prefix(size))), Double.converting(Array(alone.values.prefix(size))))
    {
      change = max(change, abs(x - y))
      largest = max(largest, abs(x))
    }
    let tolerance = S.precision == .float32 ? 1e-4 : 1e-9
    if change > tolerance * max(largest, 1e-30) { throw .samplesMixed(output: pair.outputName, change: change) }
  }

  /// As many points at once as the budget of elements allows, an equal share for each processor; where one point is
  /// too many, fewer directions.
  private static func cut(
    points: Int, fixed: Int?, directions: Int, width: Int, budget: Int, least: Int, workers: Int
  ) -> (parts: [Part], perPoints: Int) {
    let unit = fixed ?? 1
    let units = (points + unit - 1) / max(1, unit)
    let unitCost = max(1, unit * width)
    // Rather take enough directions, and fewer points.
    let pointsFitting = max(1, budget / max(1, unitCost * max(1, directions)))
    let perPart = fixed == nil ? min(pointsFitting, (units + workers - 1) / workers) : 1
    var partCount = (units + perPart - 1) / max(1, perPart)
    if partCount > workers { partCount = (partCount + workers - 1) / workers * workers }
    partCount = min(partCount, units)
    var directionParts = max(1, (directions * unitCost * perPart + budget - 1) / budget)
    directionParts = min(directionParts, max(1, directions / least))
    if partCount * directionParts < workers {
      directionParts = min((workers + partCount - 1) / partCount, max(1, directions / 16))
    }
    let parts = (0..<partCount).flatMap { part in
      let range = (units * part / partCount * unit)..<min(units * (part + 1) / partCount * unit, points)
      return (0..<directionParts).map {
        Part(points: range, directions: (directions * $0 / directionParts)..<(directions * ($0 + 1) / directionParts))
      }
    }
    return (parts, directionParts)
  }

  func run(progress: Network.Progress?) throws(NetworkError) -> NDArray<S> {
    Evaluation.keepFreedMemory
    let shape = [batch.count, outputSize, inputSize]
    let shared = stride(from: 0, to: parts.count, by: partsPerPoints).map {
      Shared(parts[$0].points == known?.points ? known?.linearization : nil, parts: partsPerPoints)
    }
    let state = Mutex<(next: Int, done: Int, error: NetworkError?)>((0, 0, nil))
    let result = NDArray<S>(shape: shape) { base in
      let target = Target(base: base)
      let workers = min(workerCount, parts.count)
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        // The processors are shared out here, and not once more within a part.
        Processors.$count.withValue(workerCount / workers) {
          while let index = state.withLock({ state -> Int? in
            guard state.error == nil, state.next < parts.count else { return nil }
            state.next += 1
            return state.next - 1
          }) {
            do throws(NetworkError) {
              try work(parts[index], shared[index / partsPerPoints], into: target.base)
              let done = state.withLock { state in
                state.done += 1
                return state.done
              }
              progress?(done, parts.count)
            } catch {
              state.withLock { $0.error = $0.error ?? error }
            }
          }
        }
      }
      // What an error left out must still be numbers.
      if state.withLock({ $0.error }) != nil { base.update(repeating: 0, count: shape.reduce(1, *)) }
    }
    if let error = state.withLock({ $0.error }) { throw error }
    return result
  }

  /// The parts of the result are disjoint, so the workers may write at the same time.
  private struct Target: @unchecked Sendable {
    let base: UnsafeMutablePointer<S>
  }

  private func work(_ part: Part, _ shared: Shared, into target: UnsafeMutablePointer<S>) throws(NetworkError) {
    let linearization = try shared.take { () throws(NetworkError) in
      try pair.linearization(network, try batch.values(part.points))
    }
    let (points, directions) = (part.points.count, part.directions.count)
    let size = outputSize * inputSize
    let start = part.points.lowerBound * size
    if goesForward {
      let seed = Self.seed(linearization.inputShape, part.directions)
      let columns = try linearization.pushForward(seed)
      let pointStride = columns.isUniform(for: linearization.result.shape) ? 0 : outputSize
      StridedLoop(
        extents: [points, outputSize, directions],
        strides: [[pointStride, 1, columns.elementCount], [size, inputSize, 1]]
      ).copy(columns.values, to: target, at: start + part.directions.lowerBound)
    } else {
      let seed = Self.seed(linearization.result.shape, part.directions)
      let rows = try linearization.pullBack(seed)
      let pointStride = rows.isUniform(for: linearization.inputShape) ? 0 : inputSize
      StridedLoop(
        extents: [points, directions, inputSize],
        strides: [[pointStride, rows.elementCount, 1], [size, inputSize, 1]]
      ).copy(rows.values, to: target, at: start + part.directions.lowerBound * inputSize)
    }
  }

  /// Unit directions, the same for every sample.
  private static func seed(_ shape: [Int], _ range: Range<Int>) -> Directions<S> {
    let row = [1] + shape.dropFirst()
    var seed = Directions<S>(zeros: range.count, shape: row)
    let size = row.reduce(1, *)
    for (index, entry) in range.enumerated() { seed.values[index * size + entry] = 1 }
    return seed
  }
}
