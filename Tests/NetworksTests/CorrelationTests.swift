import CKernels
import Foundation
import LinearAlgebra
import Testing

@testable import Networks

/// Correlations in every set of instructions that the machine has, and the products of matrices that are made of them,
/// against plain sums.
@Suite struct CorrelationTests {
  typealias Correlation<S: NetworkScalar> = (
    Int, Int, UnsafePointer<Int>, Int, Int, Int, UnsafePointer<S>, UnsafePointer<S>, Int, UnsafeMutablePointer<S>, Int,
    Int32
  ) -> Void

  private func numbers<S: NetworkScalar>(_ count: Int, _ random: inout SeededGenerator) -> [S] {
    (0..<count).map { _ in S(random.uniform() * 2 - 1) }
  }

  private func check<S: NetworkScalar>(_ kernel: Correlation<S>, _ name: String) {
    var random = SeededGenerator(seed: 3)
    // Features around the rows of a tile, places around its vectors, and lines with a rest up to the pitch.
    for (features, depth, lines, places, rest) in [
      (1, 1, 1, 1, 0), (3, 5, 1, 7, 0), (8, 9, 4, 30, 2), (13, 18, 3, 47, 1), (16, 4, 1, 64, 0), (7, 27, 5, 8, 2),
      (9, 2, 1, 49, 0), (2, 11, 2, 97, 3), (4, 6, 1, 200, 0),
    ] {
      let pitch = places + rest
      let offsets = (0..<depth).map { _ in Int.random(in: 0...40, using: &random) }
      let x: [S] = numbers(lines * pitch + 40 + FBK_OVERREAD, &random)
      let w: [S] = numbers(features * (depth + 2), &random)
      let before: [S] = numbers(features * (lines * places + 1), &random)
      for assigns in [false, true] {
        var y = before
        kernel(
          features, depth, offsets, lines, places, pitch, x, w, depth + 2, &y, lines * places + 1, assigns ? 1 : 0)
        var expected = before
        for f in 0..<features {
          for line in 0..<lines {
            for place in 0..<places {
              let at = f * (lines * places + 1) + line * places + place
              var sum = assigns ? 0 : Double(before[at])
              for k in 0..<depth {
                sum += Double(w[f * (depth + 2) + k]) * Double(x[offsets[k] + line * pitch + place])
              }
              expected[at] = S(sum)
            }
          }
        }
        let error = zip(y, expected).map { Double(abs($0 - $1)) }.max() ?? 0
        #expect(error < 64 * Double(S.ulpOfOne), "\(name), \(features)×\(depth), \(lines) lines of \(places)")
      }
    }
  }

  @Test func equalSumsInEverySetOfInstructions() {
    check(Float.kernels.correlate, "chosen")
    check(Double.kernels.correlate, "chosen")
    check(fbk_correlate_f32_base, "baseline")
    check(fbk_correlate_f64_base, "baseline")
    #if arch(x86_64)
      if fbk_instructions() >= 2 {
        check(fbk_correlate_f32_avx2, "AVX2")
        check(fbk_correlate_f64_avx2, "AVX2")
      }
    #endif
  }

  private func checkProducts<S: NetworkScalar>(_ type: S.Type) {
    var random = SeededGenerator(seed: 5)
    for (rows, columns, depth, transposesRight) in [
      (2, 48, 3, false), (64, 50, 20, false), (5, 64, 33, false), (16, 64, 64, true), (33, 70, 65, true),
      (96, 64, 100, true), (17, 47, 9, false), (1, 80, 12, false),
    ] {
      let left: [S] = numbers(rows * (depth + 1), &random)
      let right: [S] = numbers((transposesRight ? columns : depth) * ((transposesRight ? depth : columns) + 2), &random)
      let before: [S] = numbers(rows * (columns + 3), &random)
      for accumulates in [false, true] {
        var result = before
        let rightStride = (transposesRight ? depth : columns) + 2
        let resultStride = rows == 1 ? nil : columns + 3
        result.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
              guard let left = left.baseAddress, let right = right.baseAddress else { return }
              S.kernels.multiply(
                MatrixCall(
                  rows: rows, columns: columns, depth: depth, left: left, leftStride: depth + 1, right: right,
                  rightStride: rightStride, transposesRight: transposesRight, result: base, resultStride: resultStride,
                  accumulates: accumulates))
            }
          }
        }
        var expected = before
        for i in 0..<rows {
          for j in 0..<columns {
            let at = i * (columns + 3) + j
            var sum = accumulates ? Double(before[at]) : 0
            for k in 0..<depth {
              let other = transposesRight ? j * rightStride + k : k * rightStride + j
              sum += Double(left[i * (depth + 1) + k]) * Double(right[other])
            }
            expected[at] = S(sum)
          }
        }
        let error = zip(result, expected).map { Double(abs($0 - $1)) }.max() ?? 0
        #expect(error < 128 * Double(S.ulpOfOne), "\(S.precision), \(rows)×\(depth) by \(depth)×\(columns)")
      }
    }
  }

  @Test func smallAndFlatProductsEqualSums() {
    checkProducts(Float.self)
    checkProducts(Double.self)
  }
}

/// Loops that are shared out to threads.
@Suite struct CrewTests {
  @Test func doesEveryPartOnce() {
    for parts in [0, 1, 2, 3, 17, 1000] {
      let counts = UnsafeMutablePointer<Int>.allocate(capacity: max(1, parts))
      counts.initialize(repeating: 0, count: max(1, parts))
      defer { counts.deallocate() }
      nonisolated(unsafe) let base = counts
      Crew.shared.run(parts) { base[$0] += 1 }
      #expect((0..<parts).allSatisfy { counts[$0] == 1 })
    }
  }

  @Test func waitsForPartsThatTakeLong() {
    for _ in 0..<5 {
      let counts = UnsafeMutablePointer<Int>.allocate(capacity: 2)
      counts.initialize(repeating: 0, count: 2)
      defer { counts.deallocate() }
      nonisolated(unsafe) let base = counts
      let caller = Thread.current
      // Whoever is not the caller takes long, so that the caller goes to sleep.
      Crew.shared.run(2) { part in
        Thread.sleep(forTimeInterval: Thread.current == caller ? 0.001 : 0.02)
        base[part] += 1
      }
      #expect(counts[0] == 1 && counts[1] == 1)
    }
  }

  @Test func loopsWithinLoopsAndOfSeveralCallersEnd() async {
    let totals = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var total = 0
          for _ in 0..<200 {
            let sums = UnsafeMutablePointer<Int>.allocate(capacity: 6)
            sums.initialize(repeating: 0, count: 6)
            nonisolated(unsafe) let base = sums
            Crew.shared.run(3) { outer in
              Crew.shared.run(2) { inner in base[outer * 2 + inner] += outer + inner }
            }
            total += (0..<6).reduce(0) { $0 + sums[$1] }
            sums.deallocate()
          }
          return total
        }
      }
      return await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(totals == [Int](repeating: 200 * 9, count: 8))
  }

  @Test func takeAContainersShareForItsProcessors() {
    #expect(Processors.share([200_000, 100_000]) == 2)
    #expect(Processors.share([150_000, 100_000]) == 2)
    #expect(Processors.share([1000, 100_000]) == 1)
    #expect(Processors.share([nil, 100_000]) == nil)
    #expect(Processors.share([-1, 100_000]) == nil)
    #expect(Processors.share([]) == nil)
    #expect(Processors.all >= 1)
  }
}
