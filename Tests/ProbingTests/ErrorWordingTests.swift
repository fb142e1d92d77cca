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
        "inputs 'x', 't', 'u' leave open which one is the noise level | say which with 'inputs: {level: NAME}' | notebookWrong",
        "outputs 'noise', 'variance' leave open which one is the prediction | say which with 'inputs: {output: NAME}' | notebookWrong",
        "input 'x' is named both as the noised data and as the noise level | notebookWrong",
        "inputs 'x', 't', 'u' are more than the noised data and the noise level | export the network with the other inputs fixed | notebookWrong",
        "network has no output | notebookWrong",
        "points have 10 coordinates; the network's input is batch×3×32 | notebookWrong",
        "output is 8×4 where the points are 8×6; a score has the shape of its point | notebookWrong",
      ])
  }
}
