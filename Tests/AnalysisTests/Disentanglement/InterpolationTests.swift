import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct InterpolationTests {
  private static func course(
    _ way: LatentInterpolation, _ first: [Double], _ last: [Double], count: Int = 11
  ) throws -> Matrix<Double> {
    try Matrix(rows: (0..<count).map { try way.point(from: first, to: last, at: Double($0) / Double(count - 1)) })
  }

  @Test func theMiddleOfOrthonormalEndsIsOnTheArcOrBelowIt() throws {
    let norms = try LatentInterpolation.allCases.map {
      norm(of: try $0.point(from: [1, 0, 0], to: [0, 0, 1], at: 0.5))
    }
    let expected: [Double] = [1 / 2.0.squareRoot(), 1, 1]
    #expect(zip(norms, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    // A third of the way along the arc is a third of the angle; the straight way's direction is behind.
    let third = try LatentInterpolation.spherical.point(from: [1, 0], to: [0, 1], at: 1 / 3.0)
    #expect(abs(third[0] - cos(Double.pi / 6)) < 1e-12 && abs(third[1] - sin(Double.pi / 6)) < 1e-12)
    let straight = try LatentInterpolation.normPreserving.point(from: [1, 0], to: [0, 1], at: 1 / 3.0)
    #expect(abs(straight[0] - 2 / 5.0.squareRoot()) < 1e-12 && abs(straight[1] - 1 / 5.0.squareRoot()) < 1e-12)
  }

  @Test(arguments: LatentInterpolation.allCases)
  func beginsAndEndsWhereItIsTold(way: LatentInterpolation) throws {
    let (first, last) = ([3, -1, 0.5], [0.2, 4, 1.0])
    for (share, end) in [(0.0, first), (1, last)] {
      let found = try way.point(from: first, to: last, at: share)
      #expect(zip(found, end).allSatisfy { abs($0 - $1) < 1e-12 })
    }
    // Ends of one direction: only norms are left to go between.
    #expect(abs(norm(of: try way.point(from: [1, 1], to: [3, 3], at: 0.5)) - 2 * 2.0.squareRoot()) < 1e-7)
    #expect(try way.point(from: [0, 0], to: [0, 0], at: 0.3) == [0, 0])
  }

  @Test func aNormGoesStraightWhereItIsPreserved() throws {
    for share in [0.25, 0.5, 0.75] {
      let found = try LatentInterpolation.normPreserving.point(from: [2, 0], to: [0, 6], at: share)
      #expect(abs(norm(of: found) - (2 + 4 * share)) < 1e-12)
    }
  }

  @Test func refusesEndsWithoutAWay() {
    func said(_ way: LatentInterpolation, _ first: [Double], _ last: [Double], _ share: Double = 0.5) -> String? {
      do {
        _ = try way.point(from: first, to: last, at: share)
        return nil
      } catch { return error.message }
    }
    #expect(said(.linear, [1], [1, 2]) == "end of the way is 2 long; it must be 1 long, as its start")
    #expect(said(.linear, [1], [2], 1.5) == "share of the way is 1.5; it must be from 0 to 1")
    #expect(said(.linear, [1], [.nan]) == "norm of an end is nan; it must be a finite number")
    #expect(said(.spherical, [1, 0], [-1, 0]) == "angle between the ends is 180; it must be below 180 degrees")
    #expect(
      said(.normPreserving, [1, 0], [-1, 0])
        == "norm halfway is 0; it must be above 0, which it is not between opposite ends")
    #expect(said(.linear, [1, 0], [-1, 0]) == nil)
  }

  // MARK: Courses

  @Test func aStraightCourseIsPerfect() throws {
    let decoded = try Self.course(.linear, [1, 2], [5, -1])
    let found = try InterpolationCourse(decoded: decoded, attribute: decoded.column(0))
    #expect(abs(try #require(found.determination) - 1) < 1e-12 && found.monotonicity == 1)
    #expect(abs(try #require(found.roughness) - 1) < 1e-12 && found.shellDeviations.isEmpty)
  }

  @Test func anArcIsLongerThanItsChord() throws {
    let arc = try Self.course(.spherical, [1, 0], [0, 1], count: 1001)
    let found = try InterpolationCourse(latents: 2.0.squareRoot() * arc, decoded: arc, attribute: arc.column(1))
    // π/2 over √2; latents of norm √2 are on the shell of two dimensions.
    #expect(abs(try #require(found.roughness) - Double.pi / 2 / 2.0.squareRoot()) < 1e-6)
    #expect(found.shellDeviations.allSatisfy { abs($0) < 1e-12 } && found.monotonicity == 1)
    // sin(πa/2) against a: Σ(A − T)² is ½ − 8/π² + ⅓, Σ(A − Ā)² is ½ − 4/π².
    let pi = Double.pi
    let expected = 1 - (0.5 - 8 / (pi * pi) + 1 / 3.0) / (0.5 - 4 / (pi * pi))
    #expect(abs(try #require(found.determination) - expected) < 1e-2)
    let straight = try InterpolationCourse(latents: 2.0.squareRoot() * Self.course(.linear, [1, 0], [0, 1]))
    #expect(abs((straight.shellDeviations.min() ?? 0) - (0.5.squareRoot() - 1)) < 1e-12)
  }

  @Test func aJumpToAndFroIsNeitherEvenNorMonotone() throws {
    let found = try InterpolationCourse(
      decoded: Matrix(column: [0, 2, 1, 3]), attribute: [0, 2, 1, 3])
    let (steps, length) = try (#require(found.monotonicity), #require(found.roughness))
    #expect(abs(steps - 2 / 3.0) < 1e-12 && abs(length - 5 / 3.0) < 1e-12)
    #expect(abs(try #require(found.determination) - (1 - 2 / 5.0)) < 1e-12)
    // Down as well as up.
    #expect(try InterpolationCourse(attribute: [3, 2, 1, 0]).monotonicity == 1)
  }

  @Test func whatIsNotDefinedIsNot() throws {
    let still = try InterpolationCourse(decoded: Matrix(column: [1, 1, 1]), attribute: [2, 2, 2])
    #expect(still.determination == nil && still.monotonicity == nil && still.roughness == nil)
    let back = try InterpolationCourse(decoded: Matrix(column: [0, 1, 0]), attribute: [0, 1, 0])
    #expect(back.monotonicity == nil && back.roughness == nil && back.determination != nil)
    func said(_ make: () throws -> InterpolationCourse) -> String? {
      do {
        _ = try make()
        return nil
      } catch { return (error as? AnalysisError)?.message }
    }
    #expect(said { try InterpolationCourse() } == "courses: 0 given; at least 1 are needed")
    #expect(said { try InterpolationCourse(attribute: [1, 2]) } == "places: 2 given; at least 3 are needed")
    #expect(
      said { try InterpolationCourse(decoded: .zeros(4, 1), attribute: [1, 2, 3]) }
        == "number of places of attribute is 3; it must be 4")
    #expect(
      said { try InterpolationCourse(attribute: [1, .infinity, 3]) } == "attribute is inf; it must be a finite number")
    #expect(throws: LinearAlgebraError.self) { try InterpolationCourse(decoded: Matrix(column: [1, .nan, 3])) }
  }
}
