import Probing

extension ProbeCatalog {
  /// Every probe that Fieldbook ships. A new probe adds one line here.
  public static let battery = ProbeCatalog(
    [
      Composition.self,
      DynamicModes.self,
      DynamicalSimilarity.self,
      EmbeddingQuality.self,
      Factorization.self,
      GeneratedSamples.self,
      GeometricSimilarity.self,
      IntrinsicDimension.self,
      JacobianSpectrum.self,
      LatentDisentanglement.self,
      Percolation.self,
      PointEmbedding.self,
      SignalReconstruction.self,
      SpectralGap.self,
      Topology.self,
      WeightsOverTraining.self,
    ], literature: String(decoding: PackageResources.references_bib, as: UTF8.self))
}
