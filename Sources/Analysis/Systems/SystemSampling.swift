/// How a simulated system is recorded.
///
/// Process noise moves the state and is carried on: after every sample each coordinate is pushed by a normal number, of the given
/// deviation in a map, of the deviation times √Δt in a flow. Observation noise is added to what is recorded and forgotten.
public struct SystemSampling: Sendable, Hashable {
  /// The number of samples of a trial.
  public var sampleCount: Int
  /// The time from one sample to the next; of maps, 1.
  public var sampleInterval: Double
  /// The number of samples left out at the start of a trial.
  public var discarded: Int
  /// The number of trials; every one but the first starts from its own place, near the start.
  public var trialCount: Int
  /// The deviation of what moves the state.
  public var processNoise: Double
  /// The deviation of what is added to the record.
  public var observationNoise: Double
  /// What chance goes by.
  public var seed: UInt64

  /// More numbers than this are not recorded.
  public static let mostNumbers = 20_000_000

  /// Describes a sampling.
  ///
  /// Throws: `AnalysisError.tooFew`, `.notPositive`, `.outOfRange` for what makes no sense or would fill the memory.
  public init(
    sampleCount: Int, sampleInterval: Double, discarded: Int = 0, trialCount: Int = 1, processNoise: Double = 0,
    observationNoise: Double = 0, seed: UInt64 = 1
  ) throws(AnalysisError) {
    guard sampleCount >= 1 else { throw .tooFew("samples", count: sampleCount, minimum: 1) }
    guard trialCount >= 1 else { throw .tooFew("trials", count: trialCount, minimum: 1) }
    guard discarded >= 0 else { throw .tooFew("discarded samples", count: discarded, minimum: 0) }
    let numbers = (Double(sampleCount) + Double(discarded)) * Double(trialCount)
    guard numbers <= Double(Self.mostNumbers) else {
      throw .outOfRange("number of samples of all trials", numbers, rule: "at most \(Self.mostNumbers)")
    }
    for (name, value) in [("process noise", processNoise), ("observation noise", observationNoise)]
    where !(value >= 0 && value.isFinite) {
      throw .outOfRange(name, value, rule: "a finite number from 0")
    }
    self.sampleCount = sampleCount
    self.sampleInterval = try positive("sample interval", sampleInterval)
    self.discarded = discarded
    self.trialCount = trialCount
    self.processNoise = processNoise
    self.observationNoise = observationNoise
    self.seed = seed
  }
}
