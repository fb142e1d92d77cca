import Testing

@testable import Diagnostics

@Suite struct NearMissTests {
  static let words = ["", "a", "b", "ab", "ba", "sigma", "sigmas", "sgima", "points", "points.count", "é", "network"]

  private func distance(_ left: String, _ right: String) -> Int {
    editDistance(Array(left.unicodeScalars), Array(right.unicodeScalars))
  }

  @Test func distancesAreSymmetricAndZeroOnlyBetweenEquals() {
    for left in Self.words {
      for right in Self.words {
        #expect(distance(left, right) == distance(right, left))
        #expect((distance(left, right) == 0) == (left == right))
        #expect(distance(left, right) <= max(left.unicodeScalars.count, right.unicodeScalars.count))
        #expect(distance(left, right) >= abs(left.unicodeScalars.count - right.unicodeScalars.count))
      }
    }
  }

  @Test(arguments: [
    ("sigma", "sigmas", 1), ("sgima", "sigma", 1), ("piont", "point", 1), ("kitten", "sitting", 3), ("", "abc", 3),
    ("ca", "abc", 3),
  ])
  func distancesCountInsertionsSubstitutionsAndSwaps(left: String, right: String, expected: Int) {
    #expect(distance(left, right) == expected)
  }

  @Test func namesAreNearUpToAThirdOfTheLongerOne() {
    #expect(nearestName(to: "pints", among: ["points", "process"]) == "points")
    #expect(nearestName(to: "netwrok", among: ["points", "network"]) == "network")
    #expect(nearestName(to: "abcdef", among: ["abcxyz"]) == nil)
    #expect(nearestName(to: "abcdef", among: ["abcdxy"]) == "abcdxy")
    #expect(nearestName(to: "anything", among: []) == nil)
  }

  @Test func shortNamesMayDifferByOneLetter() {
    #expect(nearestName(to: "vp", among: ["ve"]) == "ve")
    #expect(nearestName(to: "xy", among: ["ve"]) == nil)
  }

  @Test func comparesWithoutCaseAndAnswersAsKnown() {
    #expect(nearestName(to: "NETWORK", among: ["Network"]) == "Network")
    #expect(nearestName(to: "Σ", among: ["σ", "τ"]) == "σ")
  }

  @Test func givesTiesToTheFirstKnownAndPrefersTheNearer() {
    #expect(nearestName(to: "bat", among: ["cat", "rat"]) == "cat")
    #expect(nearestName(to: "bat", among: ["rat", "cat"]) == "rat")
    #expect(nearestName(to: "sigmas", among: ["sigma", "sigmas"]) == "sigmas")
  }

  @Test func doesNotCompareNamesThatNobodyTypes() {
    let long = String(repeating: "a", count: 65)
    #expect(nearestName(to: long, among: [long]) == nil)
    #expect(nearestName(to: "a", among: [long]) == nil)
  }

  @Test func hintsAtTheNearestOrListsAFew() {
    #expect(nearMissHint(for: "pints", among: ["points", "process"]) == "did you mean 'points'?")
    #expect(nearMissHint(for: "zzz", among: ["points", "process"]) == "use one of 'points', 'process'")
    #expect(nearMissHint(for: "zzz", among: []) == nil)
    #expect(nearMissHint(for: "zzz", among: (10..<22).map { "name\($0)" })?.hasPrefix("use one of 'name10'") == true)
    #expect(nearMissHint(for: "zzz", among: (10..<23).map { "name\($0)" }) == nil)
  }
}
