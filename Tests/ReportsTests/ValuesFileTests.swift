import Foundation
import Reports
import Testing

@Suite struct ValuesFileTests {
  private let file = ValuesFile([
    "gaps.final.width": .number(-0.0000123), "gaps.dimension": .integer(10), "levels[0].sigma": .number(0.5),
    "levels.0.sigma": .number(1.5), "name.x": .text("50 % of a_b & {c}\\~^"), "lost": .unavailable(reason: "no"),
    "never": .unknown(nearest: nil), "big": .number(.infinity), "δ": .integer(-3),
  ])

  @Test func writesCommandsWithUniqueNamesOfLettersOnly() {
    #expect(
      file.tex == #"""
        % Written by fieldbook. \input this file; do not change it.
        \newcommand{\big}{\ensuremath{\infty}}% big
        \newcommand{\gapsDimension}{10}% gaps.dimension
        \newcommand{\gapsFinalWidth}{\ensuremath{-1.23 \times 10^{-5}}}% gaps.final.width
        \newcommand{\levelsZeroSigma}{1.5}% levels.0.sigma
        \newcommand{\levelsZeroSigmaB}{0.5}% levels[0].sigma
        \newcommand{\nameX}{50 \% of a\_b \& \{c\}\textbackslash{}\textasciitilde{}\textasciicircum{}}% name.x
        \newcommand{\value}{\ensuremath{-3}}% δ

        """#)
  }

  @Test func writesJSONThatReadsBack() throws {
    let object = try #require(try JSONSerialization.jsonObject(with: Data(file.json.utf8)) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "big", "gaps.dimension", "gaps.final.width", "levels.0.sigma", "levels[0].sigma", "name.x", "δ",
      ])
    #expect(object["gaps.final.width"] as? Double == -0.0000123)
    #expect(object["name.x"] as? String == "50 % of a_b & {c}\\~^")
    #expect(ValuesFile([:]).json == "{\n}\n")
  }
}
