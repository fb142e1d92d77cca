import Diagnostics

/// What can be the matter with a checkpoint: reading it, looking something up in it, converting it, writing it.
public indirect enum CheckpointError: Diagnosable, Hashable {
  /// Something is the matter inside a named file.
  case inFile(String, CheckpointError)
  /// Something is the matter inside a named member of an archive.
  case inMember(String, CheckpointError)
  /// The file as a whole cannot be read.
  case file(FileFault)
  /// The bytes are not JSON; the offset counts from the start of the file.
  case json(JSONFault, offset: Int)
  /// The file breaks the safetensors specification.
  case safetensors(SafetensorsFault)
  /// The array breaks the `.npy` specification, or holds what is not read.
  case numPy(NumPyFault)
  /// The archive breaks the zip specification, or uses what is not read.
  case zip(ZipFault)
  /// The pickle breaks the rules of its protocol.
  case pickle(PickleFault)
  /// The file is no sound PyTorch checkpoint, or holds what is not read.
  case pyTorch(PyTorchFault)
  /// The text is no sound MessagePack.
  case messagePack(MessagePackFault)
  /// The file is no sound Flax checkpoint, or holds what is not read.
  case flax(FlaxFault)
  /// The text is no sound table of numbers.
  case table(TableFault)
  /// The index of files is wrong, or at odds with its files.
  case shards(ShardFault)
  /// The folder does not say what is to be read.
  case folder(FolderFault)
  /// The file is of a format that is known but not read here.
  case notRead(FileFormat)
  /// The file is a text, and begins so; not weights.
  case foreignText(FileFormat, opening: String)
  /// The file is of no known format; its first bytes are given.
  case unknownFormat(firstBytes: [UInt8])
  /// There is no set of tensors of that name.
  case unknownSet(String, known: [String])
  /// There is no tensor of that name.
  case unknownTensor(String, hint: String?)
  /// A single array was asked for, and there are several, or none.
  case notOneTensor(names: [String])
  /// The elements cannot be given as real numbers.
  case notReal(tensor: String, ElementType)
  /// The elements cannot be given as whole numbers.
  case notInteger(tensor: String, ElementType)
  /// An unsigned element is larger than any integer.
  case tooLargeForInteger(tensor: String)
  /// The elements are not complex.
  case notComplex(tensor: String, ElementType)
  /// The format to be written has no such element type.
  case notWritable(tensor: String, ElementType, FileFormat)
  /// Two arrays to be written have one name.
  case duplicateName(String)
  /// A name to be written is one the format reserves, or cannot hold.
  case reservedName(String)
  /// The system would not write the file.
  case cannotWrite(String)

  /// What is the matter, with the actual values.
  public var message: String {
    switch self {
    case .inFile(let path, let error): "\(quoted(path, longest: 4096)): \(error.message)"
    case .inMember(let name, let error): "member \(quoted(name)): \(error.message)"
    case .file(let fault): fault.message
    case .json(let fault, let offset): "\(fault.message), at byte \(offset)"
    case .safetensors(let fault): fault.message
    case .numPy(let fault): fault.message
    case .zip(let fault): fault.message
    case .pickle(let fault): fault.message
    case .pyTorch(let fault): fault.message
    case .messagePack(let fault): fault.message
    case .flax(let fault): fault.message
    case .table(let fault): fault.message
    case .shards(let fault): fault.message
    case .folder(let fault): fault.message
    case .notRead(let format): "it is \(format.words), which is not read here"
    case .foreignText(let format, let opening):
      "it is \(format.words), which begins with \(quoted(opening)); not weights"
    case .unknownFormat(let firstBytes): "it is of no known format; it begins with \(hexadecimal(firstBytes))"
    case .unknownSet(let name, let known):
      "no set of tensors \(quoted(name)) in it" + (known.isEmpty ? "" : "; it has \(listed(known))")
    case .unknownTensor(let name, _): "no tensor \(quoted(name))"
    case .notOneTensor(let names):
      names.isEmpty
        ? "no array in it; one is needed" : "\(names.count) arrays in it, \(listed(names)); one is needed"
    case .notReal(let tensor, let type): "tensor \(quoted(tensor)) is \(type.rawValue); real numbers are needed"
    case .notInteger(let tensor, let type): "tensor \(quoted(tensor)) is \(type.rawValue); whole numbers are needed"
    case .tooLargeForInteger(let tensor): "tensor \(quoted(tensor)) has elements beyond 2^63 - 1"
    case .notComplex(let tensor, let type): "tensor \(quoted(tensor)) is \(type.rawValue); complex numbers are needed"
    case .notWritable(let tensor, let type, let format):
      "tensor \(quoted(tensor)) is \(type.rawValue), which \(format.rawValue) cannot hold"
    case .duplicateName(let name): "two tensors are named \(quoted(name)); a name can be written once"
    case .reservedName(let name): "the name \(quoted(name)) cannot be given to a tensor in this format"
    case .cannotWrite(let reason): "it cannot be written: \(reason)"
    }
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .inFile(_, let error), .inMember(_, let error): error.hint
    case .file(let fault): fault.hint
    case .json: "save the file again with a writer that follows RFC 8259"
    case .safetensors(let fault): fault.hint
    case .numPy(let fault): fault.hint
    case .zip(let fault): fault.hint
    case .pickle(let fault): fault.hint
    case .pyTorch(let fault): fault.hint
    case .messagePack(let fault): fault.hint
    case .flax(let fault): fault.hint
    case .table(let fault): fault.hint
    case .shards(let fault): fault.hint
    case .folder(let fault): fault.hint
    case .notRead(let format), .foreignText(let format, _): format.hint
    case .unknownFormat: "save the weights as safetensors, .npz or .npy"
    case .unknownSet(let name, let known):
      nearMissHint(for: name, among: known) ?? "name what its tensors' names begin with; 'fieldbook inspect' lists them"
    case .unknownTensor(_, let hint): hint
    case .notOneTensor(let names): names.isEmpty ? nil : "add the name after a colon, as in FILE:\(names[0])"
    case .notReal(_, let type):
      type.isComplex ? "take its real and imaginary parts" : "convert it to F16 or F32 before saving"
    case .notInteger: "save it as an integer type"
    case .tooLargeForInteger: "read it as real numbers, which are rounded"
    case .notComplex: nil
    case .notWritable(_, _, let format):
      format == .safetensors ? "write an .npz file instead" : "write a .safetensors file instead"
    case .duplicateName, .reservedName: "give it another name"
    case .cannotWrite: "choose another output, or make room"
    }
  }

  /// The exit status this calls for: a damaged input, or an output that cannot be written.
  public var status: ExitStatus {
    switch self {
    case .inFile(_, let error), .inMember(_, let error): error.status
    case .cannotWrite, .notWritable, .duplicateName, .reservedName: .cannotWrite
    default: .inputDamaged
    }
  }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

/// Names between quotes, the first six of them.
func listed(_ names: [String]) -> String {
  let shown = names.prefix(6).map { quoted($0) }.joined(separator: ", ")
  return names.count > 6 ? "\(shown), …" : shown
}
