import Analysis
import Foundation
import Testing

@Suite struct KneeTests {
  static let twentieths = (0...20).map { Double($0) / 20 }

  // Expected indices: kneed 0.8.5 or newer, KneeLocator(S=1, curve="convex", direction="decreasing").
  @Test func agreesWithKneed() {
    let tenths = (0..<10).map { 0.05 + 0.05 * Double($0) }
    #expect(knee(x: tenths, y: tenths.map { exp(-10 * $0) }) == 3)
    let whole = (1...10).map(Double.init)
    #expect(knee(x: whole, y: whole.map { 10 / $0 }) == 2)
    let x = Self.twentieths
    #expect(knee(x: x, y: x.map { $0 < 0.3 ? 10 - 30 * $0 : 1 - ($0 - 0.3) }) == 6)
    let stairs = x.map { $0 < 0.25 ? 8 - 8 * $0 : $0 < 0.6 ? 4 - $0 : 1 - 0.5 * $0 }
    #expect(knee(x: x, y: stairs) == 5)
    let noisy = [
      20.038, 14.246, 11.303, 9.122, 7.532, 6.775, 6.274, 5.547, 4.551, 3.968, 3.813, 3.716, 2.751, 3.16, 2.657, 2.637,
      2.539, 2.469, 2.563, 2.638, 2.184,
    ]
    #expect(knee(x: x, y: noisy) == 8)
  }

  @Test func findsNoneInLinesAndConcaveCurves() {
    let x = Self.twentieths
    #expect(knee(x: x, y: x.map { 1 - $0 }) == nil)
    #expect(knee(x: x, y: x.map { 1 - $0 * $0 }) == nil)
    #expect(knee(x: x, y: x.map { _ in 3 }) == nil)
    #expect(knee(x: [1, 2], y: [2, 1]) == nil)
    #expect(knee(x: [1, 2, 2], y: [3, 1, 0]) == nil)
    #expect(knee(x: [1, 2, 3], y: [3, .nan, 0]) == nil)
  }

  @Test func doesNotDependOnUnits() {
    let x = Self.twentieths
    let y = x.map { 1 / (0.1 + $0) }
    let plain = knee(x: x, y: y)
    #expect(plain != nil)
    #expect(knee(x: x.map { 1000 * $0 - 3 }, y: y.map { 0.01 * $0 + 50 }) == plain)
  }
}
