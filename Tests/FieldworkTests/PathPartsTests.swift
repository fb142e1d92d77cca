import Testing

@testable import Fieldwork

@Suite struct PathPartsTests {
  @Test(arguments: [
    ("", "", ""), ("a", "", "a"), (".", "", "."), ("/", "/", ""), ("//", "/", ""), ("a/", "", "a"), ("/a", "/", "a"),
    ("a/b", "a", "b"), ("a//b", "a", "b"), ("//a", "/", "a"), ("/a/b/", "/a", "b"), ("../x.md", "..", "x.md"),
    ("é", "", "é"),
  ])
  func splitsAtTheLastSlash(path: String, folder: String, name: String) {
    #expect(PathParts(path).folder == folder && PathParts(path).name == name)
  }

  @Test(arguments: [("a.md", "a"), ("a.b.md", "a.b"), (".a", ".a"), ("a", "a"), ("a.", "a"), ("", "")])
  func takesTheEndingOff(name: String, stem: String) {
    #expect(PathParts("x/\(name)").stem == (name.isEmpty ? "x" : stem))
  }

  @Test func joinsWithoutDoubledSlashes() {
    #expect(PathParts.joined("", "a") == "a")
    #expect(PathParts.joined("/", "a") == "/a")
    #expect(PathParts.joined("a/", "b") == "a/b")
    #expect(PathParts.joined("a", "b") == "a/b")
  }
}
