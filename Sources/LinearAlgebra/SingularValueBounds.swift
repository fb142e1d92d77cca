/// How far computed singular values may be from true ones, given what their vectors leave: ‖Aᵀu − σv‖ where A v = σ u, or
/// ‖A v − σ u‖ where Aᵀ u = σ v.
///
/// A residual r puts a true value within r/√2. Where neither 0 nor the computed values beside it, with their own bounds, come
/// as near as δ, it is within r²/2δ. That rests on the computed values standing for all of the spectrum nearby; so the last
/// one, below which nothing is known unless it `isWhole`, has the first bound.
///
/// `values` descend; `floor` is what rounding alone leaves uncertain.
///
/// References: parlett1998, larsen1998.
func singularValueErrorBounds(values: [Double], residuals: [Double], isWhole: Bool, floor: Double) -> [Double] {
  let simple = residuals.map { $0 / 2.0.squareRoot() }
  return values.indices.map { i in
    // Of a map and its transpose together the values are eigenvalues, beside their negatives and 0.
    var gap = i + 1 < values.count || isWhole ? values[i] : 0
    for j in [i - 1, i + 1] where values.indices.contains(j) {
      gap = min(gap, abs(values[i] - values[j]) - simple[j])
    }
    return max(gap > simple[i] ? simple[i] * (simple[i] / gap) : simple[i], floor)
  }
}
