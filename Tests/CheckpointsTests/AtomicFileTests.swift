import Foundation
import Testing

@testable import Checkpoints

@Suite struct AtomicFileTests {
  private func fault(_ pieces: [Bytes] = [Bytes([1])], to path: String) -> String? {
    do throws(CheckpointError) {
      try AtomicFile.write(pieces, to: path)
      return nil
    } catch {
      #expect(error.status == .cannotWrite)
      return error.message
    }
  }

  @Test func putsTheNewContentInPlaceOfTheOldAndLeavesNothingElse() throws {
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("a.bin").path
      try AtomicFile.write([Bytes([1, 2]), Bytes([]), Bytes([3])], to: path)
      #expect(try Bytes(mapping: path).hex == "010203")
      try AtomicFile.write([Bytes([4])], to: path)
      #expect(try Bytes(mapping: path).hex == "04")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.bin"])
    }
  }

  @Test func namesTheFileAndTheReason() throws {
    try withScratchFolder { folder in
      let path = folder.path
      #expect(fault(to: "\(path)/no/a") == "'\(path)/no/a': it cannot be written: its folder does not exist")
      #expect(fault(to: path) == "'\(path)': it cannot be written: it is a folder")
      #expect(fault(to: "") == "'': it cannot be written: a path has at least one character, and no zero byte")
      #expect(fault(to: "/dev/full") == "'/dev/full': it cannot be written: no space left on device")
      #expect(fault(to: "/dev/null") == nil)
    }
    // The device is still one.
    var status = stat()
    #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may write everywhere")) func saysThatAFolderIsReadOnly() throws {
    try withScratchFolder { folder in
      chmod(folder.path, 0o555)
      defer { chmod(folder.path, 0o755) }
      let path = folder.appendingPathComponent("a").path
      #expect(fault(to: path) == "'\(path)': it cannot be written: its folder's permissions forbid it")
    }
  }

  @Test func replacesTheFileThatALinkPointsToAndKeepsTheLink() throws {
    try withScratchFolder { folder in
      let target = folder.appendingPathComponent("target").path, link = folder.appendingPathComponent("link").path
      try AtomicFile.write([Bytes([1])], to: target)
      try #require(symlink(target, link) == 0)
      try AtomicFile.write([Bytes([2])], to: link)
      #expect(try Bytes(mapping: target).hex == "02")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["link", "target"])
    }
  }

  @Test func keepsTheOldFileWhenTheNewOneDoesNotFit() async {
    // The limit on file sizes holds for a whole process, so this one runs in its own.
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      try withScratchFolder { folder in
        let path = folder.appendingPathComponent("a.npz").path
        try NumPyArchive.write([Tensor(name: "x", shape: [1], doubles: [1])], to: path)
        var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        #expect(throws: CheckpointError.inFile(path, .cannotWrite("file too large"))) {
          try NumPyArchive.write(
            [Tensor(name: "x", shape: [10_000], doubles: .init(repeating: 2, count: 10_000))], to: path)
        }
        #expect(try Checkpoint.array(path: path).doubles() == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.npz"])
      }
    }
  }
}
