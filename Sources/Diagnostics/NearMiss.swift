/// The known name that a person most likely meant, if any is near enough.
///
/// Near means a Damerau–Levenshtein distance of at most a third of the longer name's length (and at least one edit),
/// compared without case. Ties go to the name that comes first in `known`.
public func nearestName(to name: String, among known: some Sequence<String>) -> String? {
  var best: (name: String, distance: Int)?
  let wanted = Array(name.lowercased().unicodeScalars)
  // Names this long are not typed by hand; the quadratic comparison is not worth it.
  guard wanted.count <= 64 else { return nil }
  for candidate in known {
    let letters = Array(candidate.lowercased().unicodeScalars)
    guard letters.count <= 64 else { continue }
    let distance = editDistance(wanted, letters)
    // One letter for another is no misspelling: 'x' does not mean 'y'.
    let longest = max(wanted.count, letters.count)
    let allowed = longest == 1 ? 0 : max(1, longest / 3)
    if distance <= allowed, distance < (best?.distance ?? Int.max) { best = (candidate, distance) }
  }
  return best?.name
}

/// The hint that goes with an unknown name: the nearest known one, or the list when it is short.
public func nearMissHint(for name: String, among known: some Sequence<String>) -> String? {
  if let nearest = nearestName(to: name, among: known) { return "did you mean '\(nearest)'?" }
  let all = Array(known)
  guard !all.isEmpty, all.count <= 12 else { return nil }
  return "use one of \(all.map { "'\($0)'" }.joined(separator: ", "))"
}

/// Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment).
func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  for i in 1...left.count {
    var row = [i] + [Int](repeating: 0, count: right.count)
    for j in 1...right.count {
      let cost = left[i - 1] == right[j - 1] ? 0 : 1
      row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
      if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
        row[j] = min(row[j], beforeLast[j - 2] + 1)
      }
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
