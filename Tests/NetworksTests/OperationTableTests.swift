import Foundation
import Testing

@testable import Networks

/// docs/operations.md: which operations are evaluated, and how far ONNX's own node tests are reproduced.
/// `FIELDBOOK_RECORD=1 swift test` writes it anew.
@Suite struct OperationTableTests {
  /// What PyTorch's layers and functions are exported to (`must`), and what rarer ones need (`should`).
  static let must = Set(
    """
    Abs Add And AveragePool BatchNormalization Cast Clip Concat Constant ConstantOfShape Conv ConvTranspose Cos Div Einsum Elu \
    Equal Erf Exp Expand Flatten GRU Gather Gelu Gemm GlobalAveragePool Greater GreaterOrEqual GroupNormalization Identity \
    InstanceNormalization IsNaN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max MaxPool Min Mod Mul \
    Neg Not Or Pad Pow RMSNormalization RNN Range Reciprocal ReduceL2 ReduceMax ReduceMean ReduceSum Relu Reshape Resize Shape \
    Sigmoid Sin Slice Softmax Softplus Split Sqrt Squeeze Sub Tanh Tile Transpose Trilu Unsqueeze Where
    """.split(separator: " ").map(String.init))
  static let should = Set(
    """
    ArgMax Atan Attention Ceil Celu Cosh CumSum DFT DepthToSpace Det Dropout EyeLike Floor GatherElements GatherND HardSigmoid \
    HardSwish If Loop Scan Mean Mish PRelu ReduceL1 ReduceLogSumExp ReduceMin ReduceProd ReduceSumSquare RotaryEmbedding Round \
    ScatterElements ScatterND Selu Sign Sinh Size Softsign SpaceToDepth Sum Swish Tan TopK
    """.split(separator: " ").map(String.init))

  /// What the cases show of one operation.
  private struct Row {
    var passed = 0
    var count = 0
    var nodes = 0
    var differentiable: Set<Int> = []
    var operandCount = 0
    var rules: Set<String> = []
  }

  @Test func isWrittenInTheDocumentation() throws {
    var rows: [String: Row] = [:]
    for item in OnnxCase.all {
      guard let summary = try? ModelSummary(onnx: item.model, name: item.name) else { continue }
      let passes = Self.passes(item)
      for name in summary.operations.map(\.name) where OperationCatalog.builders[name] != nil {
        rows[name, default: Row()].count += 1
        rows[name]?.passed += passes ? 1 : 0
      }
      for node in (try? item.network())?.graph.nodes ?? [] {
        guard let name = OperationCatalog.names.first(where: { node.label.hasSuffix("(\($0))") }) else { continue }
        var row = rows[name] ?? Row()
        row.nodes += 1
        row.operandCount = max(row.operandCount, node.operands.count)
        row.differentiable.formUnion(node.operands.indices.filter { node.operation.isDifferentiable(operand: $0) })
        if let rule = (node.operation as? any KinkedOperation)?.tieRule { row.rules.insert(rule) }
        rows[name] = row
      }
    }
    let text = Self.page(rows)
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/operations.md")
    if ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] != nil {
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    let recorded = try #require(try? Data(contentsOf: url), "no docs/operations.md; record it with FIELDBOOK_RECORD=1")
    #expect(text == String(decoding: recorded, as: UTF8.self))
  }

  private static func passes(_ item: OnnxCase) -> Bool {
    do {
      return try item.fault(Float.self, tolerance: 1e-6) == nil && item.fault(Double.self, tolerance: 1e-6) == nil
    } catch {
      return false
    }
  }

  private static func page(_ rows: [String: Row]) -> String {
    var lines = [
      "# Operations", "",
      "Written by a test (`OperationTableTests`) from what was evaluated; `FIELDBOOK_RECORD=1 swift test` writes it anew.",
      "",
      "- **Cases**: how many of ONNX's own node tests with the operation in their graph are reproduced, in single and in double",
      "  precision, with a scaled error of at most 1e-6 and whole numbers exactly. The cases that are not are listed below. `refused`: it draws at random.",
      "- **Use**: `must` is what the layers and functions of PyTorch are exported to; `should` is what rarer ones need.",
      "- **Derivative**: by which operands, counted from 0, where these hold real numbers; both directions are tested on the same cases.",
      "- **On a kink**: what the derivative is where it jumps. `fieldbook evaluate --jacobian` says how many values sit there.",
      "",
      "| Operation | Use | Cases | Derivative | On a kink |", "|---|---|---|---|---|",
    ]
    for name in OperationCatalog.names {
      let row = rows[name] ?? Row()
      let use = must.contains(name) ? "must" : should.contains(name) ? "should" : ""
      let derivative =
        row.nodes == 0
        ? ""
        : row.differentiable.isEmpty
          ? "none"
          : row.differentiable.count == row.operandCount
            ? (row.operandCount == 1 ? "0" : "all")
            : row.differentiable.sorted().map(String.init).joined(separator: ", ")
      lines.append(
        "| \(name) | \(use) | \(cases(row, of: name)) | \(derivative) | \(row.rules.sorted().joined(separator: "; ")) |"
      )
    }
    lines += ["", "Cases that are not reproduced:", ""]
    for (name, reason) in OnnxConformanceTests.exceptions.sorted(by: { $0.key < $1.key }) {
      lines.append("- `\(name)`: \(reason)")
    }
    lines += [
      "",
      "`Resize` follows ONNX's own evaluator where ONNX Runtime does not (`Tests/NetworksTests/References/compare_resizes.py` draws such",
      "cases): where corners are aligned or a region is cropped, a length that a scale makes fractional counts as it is, not cut to a",
      "whole number; an axis that keeps its length is interpolated all the same where its scale is not 1 or a region is cropped; and the",
      "nearest entry is found in double precision.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func cases(_ row: Row, of name: String) -> String {
    if RandomDraw.builders[name] != nil { return "refused" }
    return row.count == 0 ? "own tests" : "\(row.passed) of \(row.count)"
  }
}
