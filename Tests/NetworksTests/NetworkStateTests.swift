import Checkpoints
import Diagnostics
import Foundation
import Testing

@testable import Networks

/// Networks held to what was recorded of them.
@Suite struct NetworkStateTests {
  /// y = tanh x.
  func network() throws -> Network {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.node("Tanh", ["x"], ["y"])
    model.output("y", [nil, 2])
    return try model.network()
  }

  static let points = [0.5, -1, 0.25, 2]

  /// Two pairs of the function, in double precision, with one derivative.
  func members(input: String = "x", output: String = "y") -> [Tensor] {
    let slopes = Self.points.map { 1 - tanh($0) * tanh($0) }
    return [
      Tensor(name: "0/input/\(input)", shape: [2, 2], doubles: Self.points),
      Tensor(name: "0/output/\(output)", shape: [2, 2], floats: Self.points.map { Float(tanh($0)) }),
      Tensor(name: "0/output64/\(output)", shape: [2, 2], doubles: Self.points.map { tanh($0) }),
      Tensor(name: "0/direction/\(input)", shape: [2, 2], doubles: [1, 2, 3, 4]),
      Tensor(
        name: "0/jvp/\(output)", shape: [2, 2], doubles: zip(slopes, [1.0, 2, 3, 4]).map { $0 * $1 }),
      Tensor(name: "1/input/\(input)", shape: [1, 2], doubles: [0, 1]),
      Tensor(name: "1/output64/\(output)", shape: [1, 2], doubles: [0, tanh(1)]),
    ]
  }

  func state(_ members: [Tensor]) throws -> NetworkState {
    try NetworkState(
      of: network(), pairs: try ProbePairs(decoding: Bytes(data: try NumPyArchive.encode(members))))
  }

  @Test(arguments: [("x", "y"), ("args_0", "output")]) func reproducedPairsVerify(input: String, output: String) throws
  {
    let state = try state(members(input: input, output: output))
    guard case .verified(2, let error, true) = state.verification else {
      Issue.record("found \(state.words)")
      return
    }
    #expect(error < 1e-15 && state.fault == nil && state.word == "verified")
    #expect(state.words.hasPrefix("verified: 2 recorded pairs reproduced, largest error "))
    #expect(state.adjointWords.hasPrefix("forward and reverse derivatives agree to "))
  }

  @Test func singlePrecisionVerifiesLess() throws {
    let state = try state(members().filter { !$0.name.hasPrefix("0/output64") })
    guard case .verified(2, let error, false) = state.verification else {
      Issue.record("found \(state.words)")
      return
    }
    #expect(error > 1e-10 && error < 1e-6)
  }

  @Test(arguments: [
    ("0/output64/y", "output 'y'", NetworkState.tolerance.wide),
    ("0/jvp/y", "the derivative of output 'y'", NetworkState.tolerance.derivative),
  ]) func anotherNumberContradicts(member: String, what: String, tolerance: Double) throws {
    var members = members()
    for index in members.indices where members[index].name == member {
      var numbers = try members[index].doubles()
      numbers[2] += 4 * tolerance
      members[index] = Tensor(name: member, shape: [2, 2], doubles: numbers)
    }
    let state = try state(members)
    guard case .contradicted(0, what, let error, tolerance) = state.verification else {
      Issue.record("found \(state.words)")
      return
    }
    #expect(error > tolerance && state.fault?.status == .inputDamaged)
    #expect(state.fault?.message.hasPrefix("\(what) differs from what is recorded in pair 0 by ") == true)
    #expect(state.words.hasPrefix("contradicted: pair 0, \(what) differs by "))
  }

  @Test func anotherShapeOrNaNContradicts() throws {
    for other in [
      Tensor(name: "1/output64/y", shape: [2], doubles: [0, tanh(1)]),
      Tensor(name: "1/output64/y", shape: [1, 2], doubles: [0, .nan]),
    ] {
      let state = try state(members().dropLast() + [other])
      #expect(
        state.verification
          == .contradicted(pair: 1, what: "output 'y'", error: .infinity, tolerance: NetworkState.tolerance.wide))
    }
  }

  @Test func withoutPairsIsUnverified() throws {
    let state = try NetworkState(of: network(), pairs: nil)
    #expect(state.verification == .unverified && state.fault == nil)
    #expect(state.words == "unverified: no recorded pairs beside it")
    guard case .passed(let defect) = state.adjoint else {
      Issue.record("found \(state.adjointWords)")
      return
    }
    #expect(defect < 1e-14)
  }

  @Test func openShapesAreNotTriedWithoutPairs() throws {
    var model = ModelWriter()
    model.input("x", [nil, nil])
    model.node("Tanh", ["x"], ["y"])
    model.output("y", [nil, nil])
    let state = try NetworkState(of: try model.network(), pairs: nil)
    #expect(
      state.adjointWords
        == "derivatives not tried: input 'x' has open axes, and no pair is recorded that fills them")
  }

  @Test func refusesPairsThatAreNone() throws {
    func refusal(_ members: [Tensor]) throws -> String? {
      do {
        _ = try state(members)
        return nil
      } catch let error as NetworkError {
        #expect(error.status == .inputDamaged)
        return error.message
      }
    }
    #expect(
      try refusal([Tensor(name: "x", shape: [1], doubles: [1])])
        == "recorded pairs: member 'x' is not named 'PAIR/PART/NAME'")
    #expect(
      try refusal([Tensor(name: "0/in/x", shape: [1], doubles: [1])])
        == "recorded pairs: member '0/in/x' is of the unknown part 'in'")
    #expect(
      try refusal([Tensor(name: "0/input/x", shape: [1], doubles: [1])]) == "recorded pairs: pair 0 has no outputs")
    #expect(try refusal([]) == "recorded pairs: it holds no pairs")
    #expect(
      try refusal(members() + [Tensor(name: "0/input/t", shape: [1], doubles: [1])])
        == "recorded pairs: pair 0: it has 2 inputs; the network has 1")
  }

  @Test func saysWhichPairANetworkCannotRun() throws {
    let others =
      members().dropLast(2) + [
        Tensor(name: "1/input/x", shape: [1, 3], doubles: [0, 1, 2]),
        Tensor(name: "1/output/y", shape: [1], floats: [0]),
      ]
    let error = #expect(throws: NetworkError.self) { try state(Array(others)) }
    #expect(
      error?.message
        == "recorded pairs: the network cannot be run on pair 1: input 'x' is 1×3; the network takes …×2")
  }

  /// Networks and pairs written by `checkpoints/recipes/export.py`; see Fixtures/verified/make_verified.py.
  @Test(arguments: ["gated", "normalised"]) func whatTheRecipeWritesVerifies(name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/verified")
    let network = try Network.load(path: folder.appending(path: "\(name).onnx").path)
    let pairs = try ProbePairs(decoding: Bytes(mapping: folder.appending(path: "\(name).probe.npz").path))
    let state = try NetworkState(of: network, pairs: pairs)
    guard case .verified(3, let error, true) = state.verification, case .passed(let defect) = state.adjoint else {
      Issue.record("found \(state.words); \(state.adjointWords)")
      return
    }
    #expect(error < 5e-7 && defect < 1e-12)
  }
}
