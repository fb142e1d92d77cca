import Networks

/// A sampler as a person writes it: `ddim`, or `{kind: ddim, steps: 50, eta: 0}`.
public struct SamplerParameters: Codable, Hashable, Sendable, ShorthandParameters {
  /// The families of samplers.
  public enum Kind: String, ParameterChoice {
    case ddpm, ddim, heun, edm
  }

  /// How levels are spaced.
  public enum Spacing: String, ParameterChoice {
    /// Evenly in the process's own time.
    case time
    /// Evenly in a power of σ/μ.
    case power
  }

  /// The key that a single value stands for.
  public static let shorthandKey = "kind"

  /// The family.
  public var kind: Kind
  /// How many levels are visited.
  public var steps: Int?
  /// The share of the noise that a `ddim` step draws anew.
  public var eta: Double?
  /// Which variance a `ddpm` step draws with.
  public var variance: Sampler.Variance?
  /// How levels are spaced.
  public var spacing: Spacing?
  /// The power of the spacing.
  public var rho: Double?
  /// The σ/μ of the first level.
  public var highest: Double?
  /// The σ/μ of the last level.
  public var lowest: Double?
  /// The noise that an `edm` step adds first.
  public var churn: ChurnParameters?

  /// Makes a sampler of a family with its usual settings.
  public init(_ kind: Kind, steps: Int? = nil, eta: Double? = nil) {
    self.kind = kind
    self.steps = steps
    self.eta = eta
  }

  /// Refuses settings that belong to another family, or lie outside their range.
  public func validate(key: String = "sampler") throws(ParameterError) {
    func refuse(_ name: String, _ isGiven: Bool, unless owner: Kind) throws(ParameterError) {
      guard isGiven, kind != owner else { return }
      throw .rule(
        "\(key).\(name)", is: "given", mustBe: "left out: it belongs to '\(owner.rawValue)', not to '\(kind.rawValue)'")
    }
    try refuse("eta", eta != nil, unless: .ddim)
    try refuse("variance", variance != nil, unless: .ddpm)
    try refuse("churn", churn != nil, unless: .edm)
    if let steps, !(1...100_000).contains(steps) {
      throw .rule("\(key).steps", is: steps, mustBe: "from 1 to 100000")
    }
    if let eta, !(eta >= 0 && eta <= 1) { throw .rule("\(key).eta", is: eta, mustBe: "from 0 to 1") }
    if rho != nil, spacing == .time {
      throw .rule("\(key).rho", is: "given", mustBe: "left out where 'spacing' is 'time'")
    }
    for (name, value) in [("rho", rho), ("highest", highest), ("lowest", lowest)] {
      if let value, !(value > 0 && value.isFinite) {
        throw .rule("\(key).\(name)", is: value, mustBe: "above 0 and finite")
      }
    }
    if let lowest, let highest, lowest >= highest {
      throw .rule("\(key).lowest", is: lowest, mustBe: "below 'highest', which is \(highest)")
    }
    try churn?.validate(key: "\(key).churn")
  }

  /// The sampler these parameters stand for.
  public var sampler: Sampler {
    switch kind {
    case .ddpm: .ancestral(variance ?? .posterior)
    case .ddim: .implicit(eta: eta ?? 0)
    case .heun: .probabilityFlow
    case .edm:
      .churned(
        Sampler.Churn(
          amount: churn?.amount ?? 0, lowest: churn?.lowest ?? 0, highest: churn?.highest ?? .infinity,
          deviation: churn?.deviation ?? 1))
    }
  }

  /// The levels visited: where nothing is said, all steps of a process in steps by `ddpm`, 50 by `ddim`, 18 by the others.
  public func levels(of process: NoiseProcess) throws -> [DiffusionLevel] {
    var count = steps
    var isExploding = false
    switch process {
    case .denoisingDiffusion(let schedule): count = count ?? (kind == .ddpm ? schedule.stepCount : nil)
    case .varianceExploding: isExploding = true
    case .variancePreserving, .flow: break
    }
    let usual =
      switch kind {
      case .ddpm: 256
      case .ddim: 50
      case .heun, .edm: 18
      }
    // Evenly in time where first-order samplers were made for it; evenly in a power where time is σ itself.
    let isFirstOrder = kind == .ddpm || kind == .ddim
    let spacing = self.spacing ?? (rho == nil && isFirstOrder && !isExploding ? .time : .power)
    return try process.samplingLevels(
      count: count ?? usual, spacing: spacing == .time ? .time : .power(rho: rho ?? 7), lowest: lowest,
      highest: highest)
  }

  /// The sampler in the words of a caption, with the number of levels it came to.
  public func words(levelCount: Int) -> String {
    let count = "\(levelCount) \(levelCount == 1 ? "step" : "steps")"
    return switch kind {
    case .ddpm: "ancestral sampling (DDPM), \(count)"
    case .ddim: "DDIM, \(count), η = \(eta ?? 0 == (eta ?? 0).rounded() ? "\(Int(eta ?? 0))" : "\(eta ?? 0)")"
    case .heun: "Heun's method on the probability-flow equation, \(count)"
    case .edm: "the stochastic sampler of EDM, \(count)"
    }
  }
}

/// The noise that an `edm` step adds first: an amount, or `{amount: 40, lowest: 0.05, highest: 50, deviation: 1.003}`.
public struct ChurnParameters: Codable, Hashable, Sendable, ShorthandParameters {
  /// The key that a single value stands for.
  public static let shorthandKey = "amount"

  /// S_churn, over all steps.
  public var amount: Double
  /// The least σ/μ at which noise is added.
  public var lowest: Double?
  /// The greatest.
  public var highest: Double?
  /// The standard deviation of the noise added.
  public var deviation: Double?

  func validate(key: String) throws(ParameterError) {
    for (name, value) in [("amount", amount), ("lowest", lowest), ("highest", highest), ("deviation", deviation)] {
      if let value, !(value >= 0 && value.isFinite) {
        throw .rule("\(key).\(name)", is: value, mustBe: "at least 0 and finite")
      }
    }
  }
}

extension Sampler.Variance: ParameterChoice {}
