import Foundation
import LinearAlgebra
import Testing

@Suite struct SeededGeneratorTests {
  @Test func followsTheReferenceStreamOfXoshiro() {
    // Values of the C reference (xoshiro256starstar.c, splitmix64.c), seed 42.
    var random = SeededGenerator(seed: 42)
    #expect(
      (0..<3).map { _ in random.next() } == [
        1_546_998_764_402_558_742, 6_990_951_692_964_543_102, 12_544_586_762_248_559_009,
      ])
  }

  @Test func splitsDependOnSeedAndLabelAlone() {
    let fresh = SeededGenerator(seed: 5)
    var used = fresh
    for _ in 0..<100 { _ = used.next() }
    #expect(fresh.split("points") == used.split("points"))
    #expect(fresh.split("points") != fresh.split("noise"))
    #expect(fresh.split(1) != fresh.split(2))
    #expect(fresh.split("points") != SeededGenerator(seed: 6).split("points"))
  }

  @Test func survivesEncodingInTheMiddleOfAStream() throws {
    var random = SeededGenerator(seed: 9)
    _ = random.gaussians(37)
    var decoded = try JSONDecoder().decode(SeededGenerator.self, from: JSONEncoder().encode(random))
    #expect(decoded.gaussians(20) == random.gaussians(20))
  }

  @Test func drawsNormalNumbersWithTheRightMomentsAndTails() {
    var random = SeededGenerator(seed: 1)
    let count = 200_000
    let drawn = random.gaussians(count)
    let moment = { (power: Double) in drawn.reduce(0) { $0 + pow($1, power) } / Double(count) }
    // Five standard errors of each moment: 1, 2, 15 and 96 are the variances of x, x², x³, x⁴.
    let error = 5 / Double(count).squareRoot()
    #expect(abs(moment(1)) < error)
    #expect(abs(moment(2) - 1) < error * 2.0.squareRoot())
    #expect(abs(moment(3)) < error * 15.0.squareRoot())
    #expect(abs(moment(4) - 3) < error * 96.0.squareRoot())
    // Beyond the ziggurat's base box: P(|x| > 3.4426198559) = 5.7602e-4.
    let tail = Double(drawn.count { abs($0) > 3.442619855899 }) / Double(count)
    #expect(abs(tail - 5.7602e-4) < 5 * (5.7602e-4 / Double(count)).squareRoot())
    // On both sides alike, about 58 each.
    #expect(abs(drawn.count { $0 > 3.442619855899 } - drawn.count { $0 < -3.442619855899 }) < 50)
  }

  @Test func fillsTheNormalDistributionEvenly() {
    var random = SeededGenerator(seed: 3)
    let drawn = random.gaussians(100_000).sorted()
    // Kolmogorov–Smirnov distance; 1.95/√n is passed once in a thousand.
    var distance = 0.0
    for (i, x) in drawn.enumerated() {
      let expected = 0.5 * erfc(-x / 2.0.squareRoot())
      distance = max(distance, abs(expected - Double(i) / 1e5), abs(expected - Double(i + 1) / 1e5))
    }
    #expect(distance < 1.95 / 1e5.squareRoot())
  }

  @Test func staysWithinAHalfOpenRange() {
    var random = SeededGenerator(seed: 2)
    let narrow = 1.0..<1.0.nextUp
    #expect((0..<1000).allSatisfy { _ in narrow.contains(random.uniform(narrow)) })
    #expect((0..<1000).allSatisfy { _ in (0..<7).contains(random.index(below: 7)) })
  }

  @Test func shufflesIntoEveryOrderAlike() {
    var random = SeededGenerator(seed: 17)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6000 { counts[random.shuffled([1, 2, 3]), default: 0] += 1 }
    #expect(counts.count == 6)
    // Five standard deviations of 6000 draws at 1/6 each.
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 145 })
  }

  @Test func drawsEveryIndexAlike() {
    var random = SeededGenerator(seed: 18)
    var counts = [Int](repeating: 0, count: 5)
    for _ in 0..<10_000 { counts[random.index(below: 5)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 2000) < 200 })
    // A bound just above 2⁶², where a plain remainder would favour the lower half by far.
    let bound = Int.max / 2 + Int.max / 4
    let low = (0..<2000).count { _ in random.index(below: bound) < bound / 2 }
    #expect(abs(low - 1000) < 112)
  }
}
