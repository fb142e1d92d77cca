import Checkpoints

extension ModelSummary {
  /// Reads what is in an exported program of PyTorch: the functions it calls, and the tensors beside it.
  ///
  /// Throws: ``NetworkError`` when the file is damaged or no exported program.
  public init(exportedProgram bytes: Bytes, name: String) throws(NetworkError) {
    let archive = try ExportLowering.archive(bytes)
    let program = try ExportedProgramReader.read(archive.model)
    let weights = try ExportedWeights(archive.archive)
    var notes: [String] = []
    var tensors: [Tensor] = []
    var counts = (parameters: 0, others: 0)
    for constant in program.constants {
      do throws(NetworkError) {
        // Complex numbers are pairs here too.
        let tensor = try weights.tensor(constant, meta: program.metas[constant.value]).named(constant.name)
        tensors.append(tensor)
        guard ModelDescription.isParameter(tensor.elementType) else { continue }
        if constant.isParameter {
          counts.parameters += tensor.elementCount
        } else {
          counts.others += tensor.elementCount
        }
      } catch {
        notes.append(error.message)
      }
    }
    func ports(_ names: [String]) -> [Network.Port] {
      names.compactMap { name in
        guard let meta = program.metas[name], let type = ExportedType.elementType(meta.type) else { return nil }
        return Network.Port(name: name, shape: meta.sizes, elementType: type)
      }
    }
    self.name = name
    producer = program.producer
    opset = nil
    inputs = ports(program.inputs)
    outputs = ports(program.outputs)
    operations = Dictionary(grouping: program.calls, by: \.target).map { name, calls in
      Operation(name: name, count: calls.count, isSupported: ExportLowering.supports(name))
    }.sorted { $0.name < $1.name }
    self.tensors = tensors
    externalTensors = []
    (parameterCount, bufferCount) = counts
    self.notes = notes
  }
}
