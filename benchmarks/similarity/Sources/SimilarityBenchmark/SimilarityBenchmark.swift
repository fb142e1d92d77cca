import Analysis
import Dispatch
import Foundation
import LinearAlgebra

func cpu() -> UInt64 { clock_gettime_nsec() }
func clock_gettime_nsec() -> UInt64 { var t = timespec(); clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec) }
@main enum SimilarityBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    let n = Int(words[1])!
    let count = Int(words[2])!
    var random = SeededGenerator(seed: 7)
    func gauss(_ n: Int) -> Matrix<Double> { (1 / Double(n).squareRoot()) * .gaussian(n, n, using: &random) }
    func dmd(_ n: Int) throws -> Matrix<Double> {
      // eigenvalues near the unit circle, mildly non-normal
      var a = Matrix<Double>.zeros(n, n)
      var i = 0
      while i + 1 < n {
        let r = random.uniform(0.7..<1.0), t = random.uniform(0..<1.5)
        a[i, i] = r * cos(t); a[i + 1, i + 1] = r * cos(t); a[i, i + 1] = -r * sin(t); a[i + 1, i] = r * sin(t)
        i += 2
      }
      if i < n { a[i, i] = random.uniform(0.5..<1) }
      for i in 0..<n { for j in (i + 1)..<max(i+1,n) where a[i, j] == 0 { a[i, j] = 0.3 * random.gaussian() / Double(n).squareRoot() } }
      let q = try Matrix<Double>.randomOrthogonal(n, using: &random)
      return q * a * q.transposed
    }
    if words[0] == "micro" {
      let a = gauss(n), b = gauss(n)
      let pa = try SymmetricEigendecomposition(of: a).vectors
      let f = try ConjugationObjective(fixed: (1 / a.frobeniusNorm) * (Matrix.diagonal(try symmetricEigenvalues(of: a)) + (pa.transposed * a * pa).skewPart), moving: (1 / b.frobeniusNorm) * b)
      let q = try Matrix<Double>.randomOrthogonal(n, using: &random)
      let place = f.place(q)
      let w = (1/Double(n))*Matrix<Double>.gaussian(n, n, using: &random).skewPart
      func time(_ name: String, _ body: () throws -> Void) rethrows {
        var best = Double.infinity
        for _ in 0..<5 { let t0 = cpu(); for _ in 0..<50 { try body() }; best = min(best, Double(cpu() - t0) * 1e-3 / 50) }
        print(name, best, "us")
      }
      time("gemm") { _ = w * w }
      time("curvature") { _ = f.curvature(at: place, along: w) }
      time("place") { _ = f.place(q) }
      time("gradient") { _ = f.gradient(at: place) }
      time("scale") { _ = f.inverseCurvatures(at: place) }
      try time("cayley") { _ = try cayleyRotation(by: w) }
      time("inner") { _ = w.innerProduct(with: q) }
      var z = w
      time("add") { z.add(0.1, times: q) }
      let m = try OrthogonalTrustRegion().minimum(of: f, from: q)
      print("descent steps", m.stepCount, "products", m.productCount, m.value)

      return
    }
    for trial in 0..<count {
      let kind = words[0]
      let a = kind.hasSuffix("dmd") ? try dmd(n) : gauss(n)
      var b: Matrix<Double>
      var planted = -1.0
      if kind.hasPrefix("noisy") {
        let q = try Matrix<Double>.randomOrthogonal(n, using: &random)
        let level = Double(words[3])! * a.frobeniusNorm / Double(n)
        b = q * a * q.transposed + level * Matrix<Double>.gaussian(n, n, using: &random)
        planted = (b - q * a * q.transposed).frobeniusNorm
      } else {
        b = kind.hasSuffix("dmd") ? try dmd(n) : gauss(n)
      }
      var line = "\(trial)"
      for (r, d) in [(0, 1)] {
        if r == 60, words.count > 4 { continue }
        let t0 = cpu()
        let p = [try PreparedOperator(a), try PreparedOperator(b)]
        let t1 = cpu()
        let x = try OperatorAlignment(p[0], p[1], search: AlignmentSearch(randomStartCount: r, descentCount: d))
        let t2 = cpu()
        line += String(format: " | %.6f lb %.5f spread %.5f g %.1e c %.1e conv %d n %d ms %.1f+%.1f", x.distance, x.distanceLowerBound, x.spread, x.gradientNorm, x.leastCurvature, x.hasConverged ? 1 : 0, x.descentCount, Double(t1 - t0) * 1e-6, Double(t2 - t1) * 1e-6)
      }
      if planted >= 0 { line += " planted \(planted)" }
      print(line)
    }
  }
}
