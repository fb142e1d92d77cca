import Checkpoints
import Diagnostics
import Foundation
import Testing

@testable import Fieldwork

@Suite struct DiskWorkspaceTests {
  let disk = DiskWorkspace()

  /// Runs a body with a folder that is gone afterwards.
  func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fieldwork-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer {
      chmod(folder, 0o700)
      try? FileManager.default.removeItem(atPath: folder)
    }
    try body(folder)
  }

  func names(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
  }

  @Test func replacesAFolderWhole() throws {
    try inFolder { folder in
      let site = "\(folder)/a/site"
      try disk.replaceFolder(site, with: ["index.html": [1], "old/x": [2]])
      try disk.replaceFolder(site, with: ["index.html": [3], "new/deep/x": []])
      #expect(try names("\(folder)/a") == ["site", "site/index.html", "site/new", "site/new/deep", "site/new/deep/x"])
      #expect(try disk.bytes(at: "\(site)/index.html").withUnsafeBytes { Array($0) } == [3])
    }
  }

  @Test func aFailedWriteLeavesTheOldFolder() throws {
    try inFolder { folder in
      let site = "\(folder)/site"
      try disk.replaceFolder(site, with: ["index.html": [1]])
      // A file name that no file system takes.
      let long = String(repeating: "x", count: 300)
      let error = #expect(throws: WorkspaceError.self) {
        try disk.replaceFolder(site, with: ["index.html": [2], long: [1]])
      }
      #expect(error == .cannotWrite("\(site)/\(long)", reason: "file name too long"))
      #expect(try names(folder) == ["site", "site/index.html"])
      #expect(try disk.bytes(at: "\(site)/index.html").withUnsafeBytes { Array($0) } == [1])
    }
  }

  @Test func aFullDiskIsNamedAndTheOldFolderStays() throws {
    try inFolder { folder in
      let mount = Process()
      mount.executableURL = URL(fileURLWithPath: "/bin/mount")
      mount.arguments = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
      mount.standardError = FileHandle.nullDevice
      try? mount.run()
      mount.waitUntilExit()
      // Only root may mount; elsewhere the long name above stands for every failed write.
      guard mount.terminationStatus == 0 else { return }
      defer { umount2(folder, 0) }
      let site = "\(folder)/site"
      try disk.replaceFolder(site, with: ["index.html": [1]])
      let big = [UInt8](repeating: 1, count: 1 << 17)
      let error = #expect(throws: WorkspaceError.self) { try disk.replaceFolder(site, with: ["index.html": big]) }
      #expect(error == .cannotWrite("\(site)/index.html", reason: "no space left on device"))
      #expect(error?.status == .cannotWrite)
      #expect(throws: WorkspaceError.self) { try disk.write(big, to: "\(folder)/file") }
      #expect(try names(folder) == ["site", "site/index.html"])
    }
  }

  @Test func aFileInTheWayOfAFolderIsNamed() throws {
    try inFolder { folder in
      try disk.write([1], to: "\(folder)/file")
      let error = #expect(throws: WorkspaceError.self) { try disk.replaceFolder("\(folder)/file/site", with: [:]) }
      #expect(error == .cannotWrite("\(folder)/file/site", reason: "not a directory"))
    }
  }

  @Test func aFolderThatForbidsWritingIsNamed() throws {
    try inFolder { folder in
      chmod(folder, 0o500)
      // Root may write anyway.
      guard access(folder, W_OK) != 0 else { return }
      let error = #expect(throws: WorkspaceError.self) { try disk.replaceFolder("\(folder)/site", with: [:]) }
      #expect(error == .cannotWrite("\(folder)/site", reason: "permission denied"))
    }
  }

  @Test func writesAFileWholeAndMakesItsFolder() throws {
    try inFolder { folder in
      try disk.write([1, 2], to: "\(folder)/a/b/c")
      try disk.write([3], to: "\(folder)/a/b/c")
      #expect(try names(folder) == ["a", "a/b", "a/b/c"])
      #expect(throws: WorkspaceError.self) { try disk.write([1], to: "\(folder)/a") }
      #expect(try names(folder) == ["a", "a/b", "a/b/c"])
    }
  }

  @Test func readsTextAndRefusesWhatIsNone() throws {
    try inFolder { folder in
      try disk.write(Array("grün".utf8), to: "\(folder)/a")
      try disk.write([0xFF, 0xFE], to: "\(folder)/b")
      #expect(try disk.text(at: "\(folder)/a").text == "grün")
      #expect(throws: WorkspaceError.notText("\(folder)/b")) { try disk.text(at: "\(folder)/b") }
      #expect(throws: WorkspaceError.missing("\(folder)/c")) { try disk.text(at: "\(folder)/c") }
      #expect(throws: CheckpointError.self) { try disk.text(at: folder) }
      // Sparse: no disk is used.
      let size = DiskWorkspace.textLimit + 1
      try disk.write([1], to: "\(folder)/d")
      truncate("\(folder)/d", size)
      #expect(throws: WorkspaceError.tooLong("\(folder)/d", size: size, limit: size - 1)) {
        try disk.text(at: "\(folder)/d")
      }
    }
  }

  @Test func onlyOneRunHoldsAFolder() throws {
    try inFolder { folder in
      let site = "\(folder)/new/site"
      var lock: FolderLock? = try FolderLock(folder: site)
      #expect(throws: WorkspaceError.locked(site)) { _ = try FolderLock(folder: site) }
      withExtendedLifetime(lock) {}
      lock = nil
      #expect(throws: Never.self) { _ = try FolderLock(folder: site) }
    }
  }
}
