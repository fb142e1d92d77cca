import Probing

/// How coordinates are brought to a common scale.
public enum CloudScaling: String, ParameterChoice {
  /// They are left as they are.
  case none
  /// Each over its deviation.
  case zScore = "z-score"
}
