import Analysis
import Diagnostics
import Probing

/// The linear dynamics of a recording.
public struct DynamicModesFinding: ProbeFinding {
  /// One eigenvalue, and what it says.
  public struct Mode: Codable, Hashable, Sendable {
    /// The eigenvalue of a step.
    public var real: Double
    /// Its imaginary part.
    public var imaginary: Double
    /// Its modulus: above 1 the mode grows.
    public var modulus: Double
    /// Cycles per unit of time.
    public var frequency: Double
    /// The ends of its 95 % bootstrap interval.
    public var frequencyInterval: [Double]?
    /// The rate of growth, per unit of time; `nil` for an eigenvalue of 0.
    public var growthRate: Double?
    /// The ends of its 95 % bootstrap interval.
    public var growthInterval: [Double]?
    /// The time in which it halves; `nil` unless it decays.
    public var halfLife: Double?
    /// The time in which it doubles; `nil` unless it grows.
    public var doublingTime: Double?
    /// How far it is from a mode of the true dynamics; `nil` where that cannot be said.
    public var residual: Double?
    /// Whether the residual is within the bound.
    public var isTrusted: Bool
    /// The root mean square of its part in the recording, as scaled.
    public var strength: Double
    /// The eigenvalue in each draw: real parts.
    public var cloudReal: [Double]
    /// The eigenvalue in each draw: imaginary parts.
    public var cloudImaginary: [Double]
  }

  /// A mode's shape over the units, of norm 1.
  public struct Shape: Codable, Hashable, Sendable {
    /// How strongly each unit takes part.
    public var moduli: [Double]
    /// When: phases in radians.
    public var phases: [Double]
  }

  /// The eigenvalues at one rank, those on and above the real axis.
  public struct RankPath: Codable, Hashable, Sendable {
    /// The rank.
    public var rank: Int
    /// Cycles per unit of time.
    public var frequencies: [Double]
    /// Moduli.
    public var moduli: [Double]
    /// Residuals.
    public var residuals: [Double]
  }

  /// One unit beside its forecasts, on samples held out.
  public struct Trace: Codable, Hashable, Sendable {
    /// The unit.
    public var unit: String
    /// After how many steps a forecast starts anew.
    public var horizon: Int
    /// Times from the first shown sample.
    public var times: [Double]
    /// What it did.
    public var truth: [Double]
    /// What was forecast; `nil` for the first sample, and where a forecast is beyond all bounds.
    public var forecast: [Double?]
  }

  /// The pseudospectrum on a square grid.
  public struct Plane: Codable, Hashable, Sendable {
    /// The grid's places along the real axis, rising.
    public var realPlaces: [Double]
    /// Along the imaginary axis.
    public var imaginaryPlaces: [Double]
    /// The least residual at each: rows by imaginary part, rising.
    public var residuals: [[Double]]
  }

  /// The last delay coordinate, which drives the others.
  public struct Forcing: Codable, Hashable, Sendable {
    /// Times from the first shown sample of the first trial.
    public var times: [Double]
    /// Its values there.
    public var values: [Double]
    /// Its kurtosis over all samples: 3 of a Gaussian.
    public var kurtosis: Double
    /// The share of the derivatives' squares that the linear system explains.
    public var explained: Double
  }

  /// The recording, as the notebook names it.
  public var recording: String
  /// The number of units recorded.
  public var unitCount: Int
  /// The number of trials.
  public var trialCount: Int
  /// The number of samples of all trials, as thinned.
  public var sampleCount: Int
  /// The number of states with a successor.
  public var stateCount: Int
  /// The time from one sample to the next, as thinned.
  public var sampleInterval: Double
  /// The unit of time; empty where samples are counted.
  public var timeUnit: String
  /// How many delays a state has.
  public var delays: Int
  /// Samples between delays.
  public var lag: Int
  /// How dynamics were fitted.
  public var method: DynamicModes.Method
  /// Whether inputs drive the dynamics.
  public var isDriven: Bool
  /// The number of directions kept, and of eigenvalues.
  public var rank: Int
  /// The share of the states' sum of squares in the kept directions.
  public var explained: Double
  /// Of driven dynamics, the share of the change from step to step that is explained.
  public var explainedChange: Double?
  /// ‖AAᵀ − AᵀA‖/‖A‖² of the operator in the kept directions.
  public var nonNormality: Double
  /// The singular values the rank was cut from, the first hundred at most.
  public var singularValues: [Double]
  /// The eigenvalues, by falling modulus.
  public var modes: [Mode]
  /// How the rank was chosen by held-out error; `nil` where it was not.
  public var rankChoice: RankChoice?
  /// The eigenvalues at every rank up to 32, by least squares.
  public var rankPaths: [RankPath]
  /// The names of the units that shapes are over.
  public var unitNames: [String]
  /// The shape of each mode.
  public var shapes: [Shape]
  /// How far forecasts stray on samples held out; `nil` where none could be.
  public var forecast: ForecastError?
  /// One unit beside its forecasts.
  public var trace: Trace?
  /// The pseudospectrum; `nil` where it was not measured.
  public var plane: Plane?
  /// The last delay coordinate; `nil` unless asked for.
  public var forcing: Forcing?
  /// Above which residual a mode counts as spurious.
  public var residualBound: Double
  /// How many times data were drawn again.
  public var drawCount: Int
  /// The numerical doubts.
  public var caveats: [Caveat]
}
