import Checkpoints
import Testing

@testable import Networks

@Suite struct ExportedSummaryTests {
  @Test func listsWhatAProgramHolds() throws {
    var writer = ProgramWriter()
    let sound = try ModelSummary(exportedProgram: writer.file(), name: "small")
    #expect(sound.producer == "pytorch 2.15.0")
    #expect(sound.inputs.map(\.name) == ["x"])
    #expect(sound.outputs.map(\.name) == ["view"])
    #expect(sound.tensors.map(\.name) == ["w", "b"])
    #expect(sound.parameterCount == 6 && sound.bufferCount == 0)
    #expect(
      sound.operations.map(\.name) == [
        "_operator.mul", "aten.gelu.default", "aten.linear.default", "aten.sym_size.int", "aten.view.default",
      ])
    #expect(sound.operations.allSatisfy { $0.isSupported })
    var buffered = ProgramWriter()
    buffered.model = buffered.model.replacing(
      #"{"parameter":{"arg":{"name":"p_b"},"parameter_name":"b"}}"#,
      with: #"{"buffer":{"arg":{"name":"p_b"},"buffer_name":"b","persistent":true}}"#)
    #expect(buffered.model != writer.model)
    let told = try ModelSummary(exportedProgram: buffered.file(), name: "small")
    #expect(told.parameterCount == 4 && told.bufferCount == 2)
    #expect(try Network(reading: buffered.file(), name: "small").parameterCount == 4)
    writer.model = writer.model.replacing("aten.gelu.default", with: "aten.unheard_of.default")
    writer.weights = writer.weights.replacing("weight_1", with: "weight_7")
    let odd = try ModelSummary(exportedProgram: writer.file(), name: "odd")
    #expect(odd.operations.filter { !$0.isSupported }.map(\.name) == ["aten.unheard_of.default"])
    #expect(odd.notes == ["damaged exported program: tensor 'b': its storage 'weight_7' is missing"])
  }
}
