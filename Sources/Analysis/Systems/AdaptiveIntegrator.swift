import LinearAlgebra

/// Ordinary differential equations solved by Dormand and Prince's method of order 8, with steps as long as the tolerances allow.
///
/// The error of a step, in each coordinate, is held to the absolute tolerance plus the relative one times the
/// coordinate's size. What is asked for between the ends of steps comes from a polynomial of order 7 and costs no steps.
///
/// References: dormand1980, hairer1993.
public struct AdaptiveIntegrator: Sendable, Hashable {
  /// The tolerance relative to a coordinate's size.
  public let relativeTolerance: Double
  /// The tolerance where coordinates are small.
  public let absoluteTolerance: Double
  /// The longest step.
  public let greatestStep: Double
  /// The number of steps, refused ones included, after which a solution is given up.
  public let greatestStepCount: Int

  /// Makes an integrator.
  ///
  /// Throws: `AnalysisError.notPositive` for tolerances or a step that are not; `.tooFew` for no steps.
  public init(
    relativeTolerance: Double = 1e-9, absoluteTolerance: Double = 1e-9, greatestStep: Double = .infinity,
    greatestStepCount: Int = 10_000_000
  ) throws(AnalysisError) {
    // Below this a step's own round-off is taken for error.
    self.relativeTolerance = max(100 * Double.ulpOfOne, try positive("relative tolerance", relativeTolerance))
    self.absoluteTolerance = try positive("absolute tolerance", absoluteTolerance)
    guard greatestStep > 0 else { throw .notPositive("longest step", greatestStep) }
    guard greatestStepCount >= 1 else { throw .tooFew("steps", count: greatestStepCount, minimum: 1) }
    self.greatestStep = greatestStep
    self.greatestStepCount = greatestStepCount
  }

  /// The states at given times, the first of which is where it starts: times × coordinates.
  ///
  /// Throws: `AnalysisError.tooFew` for no times or coordinates; `.outOfRange` for times that do not rise; `SystemError` for a solution
  /// that leaves all bounds, or that no number of steps can follow.
  public func states(
    from start: [Double], at times: [Double], derivative: @escaping (_ time: Double, _ state: [Double]) -> [Double]
  ) throws -> Matrix<Double> {
    guard let first = times.first else { throw AnalysisError.tooFew("times", count: 0, minimum: 1) }
    guard !start.isEmpty else { throw AnalysisError.tooFew("coordinates", count: 0, minimum: 1) }
    for (earlier, later) in zip(times, times.dropFirst()) where !(later > earlier && later.isFinite) {
      throw AnalysisError.outOfRange("time", later, rule: "finite and above the one before, \(earlier)")
    }
    var stepper = try DormandPrinceStepper(self, at: first, from: start, derivative: derivative)
    var entries = start
    var index = 1
    while index < times.count {
      let step = try stepper.advance(to: times[times.count - 1])
      while index < times.count, times[index] <= step.end {
        entries += times[index] == step.end ? stepper.state : step.state(at: times[index])
        index += 1
      }
    }
    return Matrix(rowCount: times.count, columnCount: start.count, entries: entries)
  }
}
