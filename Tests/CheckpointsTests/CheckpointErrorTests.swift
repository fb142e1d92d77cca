import Diagnostics
import Foundation
import Testing

@testable import Checkpoints

/// The sentences that no damaged file under `Attacks` brings out.
@Suite struct CheckpointErrorTests {
  static let sentences: [(CheckpointError, String, String?)] = [
    (
      .inFile("w.npz", .unknownTensor("wieght", hint: "did you mean 'weight'?")), "'w.npz': no tensor 'wieght'",
      "did you mean 'weight'?"
    ),
    (
      .file(.missing), "no such file",
      "check the path; it is relative to the notebook, or on the command line to the current folder"
    ),
    (.file(.folder), "it is a folder; a file is needed", "name a file inside it"),
    (
      .file(.notRegular), "it is a pipe, socket or device; a regular file is needed",
      "copy its contents to a file first"
    ),
    (.file(.denied), "its permissions forbid reading it", "make it readable: chmod +r"),
    (.file(.unreadable("input/output error")), "it cannot be read: input/output error", nil),
    (.file(.tooLarge(size: 12, limit: 10)), "it has 12 bytes; at most 10 are read", nil),
    (
      .file(.link("w.bin")), "'w.bin' is a link; no link is followed",
      "copy the folder with its links resolved: cp -rL FOLDER COPY"
    ),
    (
      .file(.severalNames(2)), "it has 2 names (hard links); a file with one is needed",
      "copy the folder: cp -r FOLDER COPY"
    ),
    (
      .shards(.noFolder),
      "it is an index of files, which are looked for beside it; it has no place of its own here",
      "name the index by its path"
    ),
    (
      .folder(.pipeline([])), "the folder holds a pipeline of several models",
      "name the folder of one model, such as unet"
    ),
    (
      .unknownSet("emma", known: ["ema", "model"]), "no set of tensors 'emma' in it; it has 'ema', 'model'",
      "did you mean 'ema'?"
    ),
    (
      .unknownSet("x", known: []), "no set of tensors 'x' in it",
      "name what its tensors' names begin with; 'fieldbook inspect' lists them"
    ),
    (
      .messagePack(.tooMany(offset: 9)), "MessagePack holds more than 4000000 values, at byte 9",
      "save it again with flax.serialization.to_bytes"
    ),
    (
      .notWritable(tensor: "w", .c128, .safetensors), "tensor 'w' is C128, which safetensors cannot hold",
      "write an .npz file instead"
    ),
    (
      .safetensors(.tooShort(byteCount: 1)),
      "safetensors header is cut off: the file has 1 byte; 8 hold the header's length",
      "copy or download the file again; it is incomplete"
    ),
    (.safetensors(.unknownType(tensor: "a", "f64")), "tensor 'a' has an unknown dtype 'f64'", "did you mean 'F64'?"),
    (.safetensors(.unknownType(tensor: "a", "int8")), "tensor 'a' has an unknown dtype 'int8'", "did you mean 'I8'?"),
    (.notOneTensor(names: []), "no array in it; one is needed", nil),
    (
      .notOneTensor(names: ["x", "y"]), "2 arrays in it, 'x', 'y'; one is needed",
      "add the name after a colon, as in FILE:x"
    ),
    (
      .notOneTensor(names: (1...9).map { "t\($0)" }),
      "9 arrays in it, 't1', 't2', 't3', 't4', 't5', 't6', …; one is needed",
      "add the name after a colon, as in FILE:t1"
    ),
    (.notReal(tensor: "z", .c64), "tensor 'z' is C64; real numbers are needed", "take its real and imaginary parts"),
    (.notReal(tensor: "q", .f4), "tensor 'q' is F4; real numbers are needed", "convert it to F16 or F32 before saving"),
    (.notInteger(tensor: "w", .f32), "tensor 'w' is F32; whole numbers are needed", "save it as an integer type"),
    (
      .tooLargeForInteger(tensor: "w"), "tensor 'w' has elements beyond 2^63 - 1",
      "read it as real numbers, which are rounded"
    ),
    (.notComplex(tensor: "w", .f32), "tensor 'w' is F32; complex numbers are needed", nil),
    (
      .notWritable(tensor: "w", .bf16, .npz), "tensor 'w' is BF16, which npz cannot hold",
      "write a .safetensors file instead"
    ),
    (.duplicateName("w"), "two tensors are named 'w'; a name can be written once", "give it another name"),
    (
      .reservedName("__metadata__"), "the name '__metadata__' cannot be given to a tensor in this format",
      "give it another name"
    ),
    (
      .cannotWrite("no space left on device"), "it cannot be written: no space left on device",
      "choose another output, or make room"
    ),
    (
      .zip(.tooLargeDeflated(count: 5)), "it claims to unpack to 5 bytes; deflated members below 4 GiB are read",
      "save it with numpy.savez, which does not compress"
    ),
    (
      .zip(.impossibleRatio(packed: 1, count: 5000)), "1 byte of deflated data cannot unpack to the 5000 claimed",
      "save the archive again with numpy.savez"
    ),
    (
      .pyTorch(.inTensor("w", .kind("torch._utils._rebuild_qtensor"))),
      "tensor 'w': it is made by 'torch._utils._rebuild_qtensor', which is not read", "save tensor.dequantize()"
    ),
    (
      .pyTorch(.kind("torch._utils._rebuild_sparse_tensor")),
      "it is made by 'torch._utils._rebuild_sparse_tensor', which is not read", "save tensor.to_dense()"
    ),
    (
      .pyTorch(.elementType("torch.complex32")), "its element type 'torch.complex32' is not read",
      "convert it to float32 before saving"
    ),
  ]

  @Test func saysWhatItMeansToSay() {
    for (error, message, hint) in Self.sentences {
      #expect(error.message == message)
      #expect(error.hint == hint)
      #expect(!error.message.hasSuffix("."))
    }
  }

  @Test func callsForTheStatusOfAnInputOrOfAnOutput() {
    #expect(CheckpointError.inFile("a", .inMember("b", .numPy(.objects))).status == .inputDamaged)
    #expect(CheckpointError.inFile("a", .cannotWrite("x")).status == .cannotWrite)
    #expect(CheckpointError.notWritable(tensor: "w", .bf16, .npy).status == .cannotWrite)
    #expect(CheckpointError.file(.missing).diagnostic(file: "n.md").headline == "n.md: error: no such file")
  }

  @Test func showsNamesThatATerminalCanBear() {
    #expect(quoted("\u{1B}[31m\u{202E}x\n") == "'\\u{1B}[31m\\u{202E}x\\u{A}'")
    #expect(quoted(String(repeating: "a", count: 90)) == "'\(String(repeating: "a", count: 80))…'")
    #expect(quoted("é 世界 😀") == "'é 世界 😀'")
    #expect(sizeText([]) == "scalar")
    #expect(sizeText([3, 4]) == "3×4")
    #expect(sizeText([Int](repeating: 1, count: 9)) == "1×1×1×1×1×1×1×1×…")
  }
}
