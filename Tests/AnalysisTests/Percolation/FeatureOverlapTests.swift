import Foundation
import Testing

@testable import Analysis

@Suite struct FeatureOverlapTests {
  @Test func theProductsRadiusIsInClosedForm() throws {
    let product = FeatureOverlap.product
    #expect(abs(try product.radius(threshold: 0.005, width: 1) - 4.604) < 5e-4)
    #expect(abs(try product.radius(threshold: 0.05, width: 1) - 3.462) < 5e-4)
    #expect(abs(try product.radius(threshold: exp(-1), width: 0.5) - 1) < 1e-12)
  }

  @Test(arguments: FeatureOverlap.allCases, [1e-300, 1e-12, 0.005, 0.05, 0.5, 0.999])
  func theOverlapAtTheRadiusIsTheThreshold(overlap: FeatureOverlap, threshold: Double) throws {
    for width in [0.1, 1, 7] {
      let radius = try overlap.radius(threshold: threshold, width: width)
      #expect(abs(overlap.value(atDistance: radius, width: width) / threshold - 1) < 1e-10)
      #expect(abs(try overlap.radius(threshold: threshold, width: 3 * width) / radius - 3) < 1e-12)
    }
    #expect(overlap.value(atDistance: 0, width: 2) == 1)
    #expect(overlap.value(atDistance: 1, width: 2) == overlap.value(atDistance: -1, width: 2))
  }

  @Test func theCoefficientIsTheAreaUnderBothDensities() {
    for (distance, width) in [(0.5, 1.0), (2, 1), (3, 0.7)] {
      let step = 1e-3
      let area = (-12_000...12_000).reduce(0) { area, place in
        let x = Double(place) * step
        let densities = [-distance / 2, distance / 2].map { centre in
          exp(-(x - centre) * (x - centre) / (2 * width * width)) / ((2 * .pi).squareRoot() * width)
        }
        return area + step * min(densities[0], densities[1])
      }
      #expect(abs(FeatureOverlap.coefficient.value(atDistance: distance, width: width) - area) < 1e-6)
    }
  }

  /// The cosine of two bumps on pixels, the first in the middle of one.
  private static func cosine(distance: Double, width: Double) -> Double {
    let pixels = (-40...40).map { pixel in
      [0, distance].map { exp(-(Double(pixel) - $0) * (Double(pixel) - $0) / (2 * width * width)) }
    }
    func sum(_ first: Int, _ second: Int) -> Double { pixels.reduce(0) { $0 + $1[first] * $1[second] } }
    return sum(0, 1) / (sum(0, 0) * sum(1, 1)).squareRoot()
  }

  @Test func theProductIsTheCosineOnPixelsOfWideFeatures() {
    let product = FeatureOverlap.product
    #expect(abs(Self.cosine(distance: 1, width: 1) - 0.77864) < 5e-6)
    #expect(abs(product.value(atDistance: 1, width: 1) - 0.77880) < 5e-6)
    for distance in [1.0, 2.5, 4] {
      let difference = product.value(atDistance: distance, width: 2) - Self.cosine(distance: distance, width: 2)
      #expect(abs(difference) < 1e-12)
    }
    // Narrow ones slip between pixels.
    #expect(abs(Self.cosine(distance: 1, width: 0.5) - 0.261) < 5e-4)
    #expect(abs(product.value(atDistance: 1, width: 0.5) - 0.368) < 5e-4)
    #expect(Self.cosine(distance: 1, width: 0.1) < 1e-10)
  }

  @Test func refusesWhatIsNoThreshold() {
    for overlap in FeatureOverlap.allCases {
      for threshold in [0, 1, -0.5, 2, Double.nan] {
        #expect {
          try overlap.radius(threshold: threshold, width: 1)
        } throws: {
          ($0 as? AnalysisError)?.message.hasSuffix("; it must be above 0 and below 1") == true
        }
      }
      for width in [0, -1, Double.infinity, .nan] {
        #expect(throws: AnalysisError.self) { try overlap.radius(threshold: 0.5, width: width) }
      }
    }
  }
}
