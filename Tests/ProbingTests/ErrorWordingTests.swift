import Diagnostics
import Networks
import Probing
import Testing

@Suite struct ErrorWordingTests {
  private func sentences(_ errors: [any Diagnosable]) -> [String] {
    errors.map { error in error.message + (error.hint.map { " | \($0)" } ?? "") + " | \(error.status)" }
  }

  @Test func saysWhatIsTheMatterAndWhatToDo() {
    #expect(
      sentences([
        ParameterError.unknownKey("pints", known: ["points"], nil),
        ParameterError.wrongKind(key: "count", expected: "a whole number", found: "text", nil),
        ParameterError.unknownChoice(key: "method", value: "exat", choices: ["exact", "stanczuk"], nil),
        ParameterError.unknownChoice(key: "method", value: "zzz", choices: ["exact", "stanczuk"], nil),
        ParameterError.missing("network", "name a network source or an ONNX file"),
        ParameterError.rule("count", is: 0, mustBe: "at least 1"),
        BenchError.unknownSource("pints.npy", known: ["points.npy"]),
        BenchError.wrongKind("net", expected: "a network", found: "a checkpoint"),
        BenchError.wrongShape("x", shape: [64, 32], rule: "points × 10"),
        BenchError.wrongShape("x", shape: [], rule: "points × 10"),
        BenchError.notFinite("x", count: 1),
        BenchError.notFinite("x", count: 2),
        ValuePathError(key: "levls", known: ["levels"]),
        ValuePathError(key: "7", known: ["0", "3", "last"]),
        DiffusionLevelError.outOfRange(quantity: "sigma", value: 2, rule: "below 1 in a flow"),
        ScoreInputError.ambiguous(["a", "b"], missing: "x"),
        ScoreInputError.ambiguous(["x", "t", "u"], missing: "level"),
        ScoreInputError.ambiguousOutput(["noise", "variance"]),
        ScoreInputError.sameInput("x"),
        ScoreInputError.tooMany(["x", "t", "u"]),
        ScoreInputError.conditionOnRole("x"),
        ScoreInputError.conditionTwice("c"),
        ScoreInputError.conditionSize("c", expected: [nil, 2], found: 3),
        ScoreInputError.conditionSize("c", expected: [], found: 1),
        ScoreInputError.conditionRows("c", rows: 5, points: 16),
        SamplingError.outOfRange("steps", "0", rule: "at least 1"),
        SamplingError.openSize([nil, nil, 8]),
        SamplingError.notFinite(sigma: 0.5),
        ScoreInputError.noOutput,
        ScoreInputError.sampleSize(expected: [nil, 3, 32], found: 10),
        ScoreInputError.shapes(output: [8, 4], points: [8, 6]),
      ]) == [
        "unknown key 'pints' | did you mean 'points'? | notebookWrong",
        "'count' is text; it must be a whole number | notebookWrong",
        "'method' is 'exat', which is not one of its choices | did you mean 'exact'? | notebookWrong",
        "'method' is 'zzz', which is not one of its choices | use one of 'exact', 'stanczuk' | notebookWrong",
        "'network' is missing: name a network source or an ONNX file | notebookWrong",
        "'count' is 0; it must be at least 1 | notebookWrong",
        "source 'pints.npy' is neither a cell nor a file | did you mean 'points.npy'? | inputDamaged",
        "source 'net' is a checkpoint; it must be a network | notebookWrong",
        "array 'x' is 64×32; it must be points × 10 | inputDamaged",
        "array 'x' is a single number; it must be points × 10 | inputDamaged",
        "array 'x' has 1 NaN or infinite value; every value must be finite | inputDamaged",
        "array 'x' has 2 NaN or infinite values; every value must be finite | inputDamaged",
        "unknown value 'levls' | did you mean 'levels'? | notebookWrong",
        "unknown value '7' | use a position from 0 to 3, or 'last' | notebookWrong",
        "'sigma' is 2.0; it must be below 1 in a flow | notebookWrong",
        "inputs 'a', 'b' leave open which one is the noised data | say which with 'inputs: {x: NAME}' | notebookWrong",
        "inputs 'x', 't', 'u' leave open which one is the noise level | say which with 'inputs: {level: NAME}', and what others are given with 'conditions: {NAME: [numbers]}' | notebookWrong",
        "outputs 'noise', 'variance' leave open which one is the prediction | say which with 'inputs: {output: NAME}' | notebookWrong",
        "input 'x' is named both as the noised data and as the noise level | notebookWrong",
        "inputs 'x', 't', 'u' are more than the noised data and the noise level | give the others their values with 'conditions: {NAME: [numbers]}' | notebookWrong",
        "input 'x' is the noised data or the noise level; it takes no condition | notebookWrong",
        "input 'c' has two conditions; it takes one | notebookWrong",
        "input 'c' is batch×2; its condition has 3 numbers | notebookWrong",
        "input 'c' is a single number; its condition has 1 number | notebookWrong",
        "condition 'c' has 5 rows for 16 points; it must have one row, or one for each point | notebookWrong",
        "'steps' is 0; it must be at least 1 | notebookWrong",
        "network's input is …×…×8; the size of a sample must be known to draw one | export the network with all axes fixed but the batch's | notebookWrong",
        "a sample became NaN or infinite at σ = 0.5 | let 'highest' and 'lowest' name noise levels that the network was trained on | cellFailed",
        "network has no output | notebookWrong",
        "points have 10 coordinates; the network's input is batch×3×32 | notebookWrong",
        "output is 8×4 where the points are 8×6; a score has the shape of its point | notebookWrong",
      ])
  }
}
