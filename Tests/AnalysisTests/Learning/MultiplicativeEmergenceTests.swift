import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct MultiplicativeEmergenceTests {
  @Test func agreesWithTheClosedForm() throws {
    let three = try MultiplicativeEmergence(conceptCount: 3, rate: 0.01)
    #expect(try three.emergenceTime() == 158)
    #expect(
      abs(three.probability(after: 157) - 0.4997958) < 5e-8 && abs(three.probability(after: 158) - 0.5037057) < 5e-8)
    let four = try MultiplicativeEmergence(conceptCount: 4, rate: 0.02)
    #expect(try four.emergenceTime(of: 0.5) == 91)
    #expect(abs(four.probability(after: 90) - 0.49242) < 5e-6 && abs(four.probability(after: 91) - 0.50009) < 5e-6)
  }

  @Test func theTimeIsTheFirstThatReachesTheProbability() throws {
    for (count, rate) in [(1, 0.5), (2, 0.3), (7, 1e-3), (100, 1e-6), (3, 1)] {
      let model = try MultiplicativeEmergence(conceptCount: count, rate: rate)
      for probability in [0.01, 0.5, 0.75, 0.99] {
        let time = try model.emergenceTime(of: probability)
        #expect(model.probability(after: time) >= probability && model.probability(after: time - 1) < probability)
      }
    }
    // A quotient that is whole: (1 − ½)² leaves a quarter.
    #expect(try MultiplicativeEmergence(conceptCount: 1, rate: 0.5).emergenceTime(of: 0.75) == 2)
  }

  @Test func keepsItsDigitsWhereChancesAreSmall() throws {
    let slow = try MultiplicativeEmergence(conceptCount: 2, rate: 1e-18)
    // (p t)² while p t is small; 1 − p is 1.
    #expect(abs(slow.probability(after: 1000) / 1e-30 - 1) < 1e-12)
    #expect(abs(try slow.emergenceTime() * 1e-18 + log(1 - 0.5.squareRoot())) < 1e-12)
    #expect(slow.probability(after: 0) == 0 && slow.probability(after: -3) == 0)
    #expect(try MultiplicativeEmergence(conceptCount: 5, rate: 1).probability(after: 1) == 1)
  }

  @Test func fitsTheRateOfACourse() throws {
    let steps = (0...40).map { 50 * Double($0) }
    for (count, rate) in [(1, 0.002), (3, 0.004), (4, 0.0007)] {
      let truth = try MultiplicativeEmergence(conceptCount: count, rate: rate)
      let exact = steps.map { truth.probability(after: $0) }
      let found = try #require(
        try MultiplicativeEmergence.fitted(conceptCount: count, steps: steps, accuracies: exact))
      #expect(abs(found.rate / rate - 1) < 1e-6 && found.conceptCount == count)
      var random = SeededGenerator(seed: 4)
      let noisy = exact.map { $0 + 0.03 * random.gaussian() }
      let near = try #require(
        try MultiplicativeEmergence.fitted(conceptCount: count, steps: steps, accuracies: noisy))
      #expect(abs(near.rate / rate - 1) < 0.1)
    }
  }

  @Test func coursesThatTellNoRateHaveNone() throws {
    let steps: [Double] = [0, 100, 200, 300]
    #expect(try MultiplicativeEmergence.fitted(conceptCount: 2, steps: steps, accuracies: [0, 0, 0, 0]) == nil)
    #expect(try MultiplicativeEmergence.fitted(conceptCount: 2, steps: steps, accuracies: [0, 1, 1, 1]) == nil)
  }

  @Test func refusesInWords() {
    func said(_ body: () throws -> Void) -> String? {
      do {
        try body()
        return nil
      } catch { return (error as? AnalysisError)?.message }
    }
    #expect(
      said { _ = try MultiplicativeEmergence(conceptCount: 0, rate: 0.1) }
        == "concepts: 0 given; at least 1 are needed")
    for rate in [0, -0.1, 1.5] {
      let text = rate == 0 ? "0" : "\(rate)"
      #expect(
        said { _ = try MultiplicativeEmergence(conceptCount: 1, rate: rate) }
          == "rate is \(text); it must be from 1e-300 to 1")
    }
    #expect(
      said { _ = try MultiplicativeEmergence(conceptCount: 1, rate: 0.1).emergenceTime(of: 1) }
        == "probability is 1; it must be above 0 and below 1")
    func fit(_ steps: [Double], _ accuracies: [Double], _ count: Int = 1) -> String? {
      said { _ = try MultiplicativeEmergence.fitted(conceptCount: count, steps: steps, accuracies: accuracies) }
    }
    #expect(fit([1], [1], 0) == "concepts: 0 given; at least 1 are needed")
    #expect(fit([1], []) == "number of accuracies is 0; it must be 1, as of steps")
    #expect(fit([-1, 1], [0, 1]) == "step is -1; it must be 0 or more")
    #expect(fit([0], [0]) == "steps above 0: 0 given; at least 1 are needed")
    #expect(fit([1, 2], [0, .nan]) == "accuracy is nan; it must be a finite number")
  }
}
