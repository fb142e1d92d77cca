import Analysis
import Diagnostics
import Testing

@Suite struct AnalysisErrorWordingTests {
  @Test func saysEverySentenceAsAgreed() {
    let errors: [AnalysisError] = [
      .notPositive("noise deviation", 0),
      .outOfRange("gap threshold", 1.5, rule: "above 0 and below 1"),
      .tooFew("scores", count: 4, minimum: 5),
      .sizeMismatch("scores ahead", size: "3×2", expected: "2×2"),
      .negativeVariance(-1, largest: 2),
    ]
    let said = errors.map { error in error.message + (error.hint.map { "\n  \($0)" } ?? "") }.joined(separator: "\n")
    #expect(
      said == """
        noise deviation is 0; it must be a finite number above 0
        gap threshold is 1.5; it must be above 0 and below 1
        scores: 4 given; at least 5 are needed
        scores ahead is 3×2; it must be 2×2
        covariance has the eigenvalue -1 beside 2; no eigenvalue may be negative
          pass a symmetric positive semi-definite matrix, such as an average of outer products
        """)
    #expect(errors.allSatisfy { $0.status == .cellFailed })
  }
}
