import Probing

extension ProbeCatalog {
  /// Every probe that Fieldbook ships. A new probe adds one line here.
  public static let battery = ProbeCatalog([
    JacobianSpectrum.self,
    SpectralGap.self,
  ])
}
