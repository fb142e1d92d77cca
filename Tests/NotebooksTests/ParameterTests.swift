import Diagnostics
import Notebooks
import Testing

@Suite struct ParameterTests {
  private let notebook = Notebook.parse(
    SourceText(
      name: "n.md",
      text: """
        ---
        title: T
        params:
          points: {type: int, default: 64, min: 1, help: how many}
          rate: {type: number, default: 0.5}
          name: {type: text, default: a name}
          deep: {type: bool, default: false}
          file: {type: path, default: x.npy}
          mode: {type: choice, choices: [fast, 2, slow], default: fast}
        ---

        ```{kind #cell}
        points: ${points}
        half: {rate: ${rate}, deep: ${deep}, list: [ "${mode}", '${file}' ]}
        text: "${name} with ${points} of ${rate}, $${points}"
        ```
        """)
  ).value

  private func body(_ parameters: [ResolvedParameter]) throws -> WrittenValue {
    let outcome = try #require(notebook).substituting(parameters)
    #expect(outcome.diagnostics.isEmpty)
    return try #require(outcome.value?.cells.first).body
  }

  @Test func wholeValuesKeepTheirType() throws {
    let values = try #require(notebook?.resolvingParameters().value)
    let body = try body(values)
    #expect(body["points"]?.content == .integer(64))
    #expect(body["half"]?["rate"]?.content == .number(0.5))
    #expect(body["half"]?["deep"]?.content == .boolean(false))
    #expect(body["text"]?.text == "a name with 64 of 0.5, ${points}")
    guard case .list(let items)? = body["half"]?["list"]?.content else {
      Issue.record("no list")
      return
    }
    #expect(items.map(\.text) == ["fast", "x.npy"])
  }

  @Test func theCommandLineWinsOverTheFileAndThatOverTheProfile() throws {
    let file = try #require(YAMLReader().read(SourceText(name: "p.yml", text: "points: 3\nrate: 2\n")).value)
    let profile = try #require(
      YAMLReader().read(SourceText(name: "q.yml", text: "points: 4\nrate: 3\nname: 5\n")).value)
    let resolved = try #require(
      notebook?.resolvingParameters(set: ["points": "2", "mode": "2"], file: file, profile: profile).value)
    #expect(resolved.map(\.value) == [.int(2), .number(2), .text("5"), .bool(false), .path("x.npy"), .text("2")])
    #expect(resolved.map(\.origin) == [.commandLine, .file, .profile, .standard, .standard, .commandLine])
  }

  @Test func placesWhatIsWrongInTheFile() throws {
    let file = try #require(YAMLReader().read(SourceText(name: "p.yml", text: "rate: 1\npoint: 3\npoints: 0\n")).value)
    let outcome = try #require(notebook).resolvingParameters(file: file)
    #expect(outcome.value == nil)
    #expect(
      outcome.diagnostics.map(\.headline) == [
        "p.yml:2:1: error: unknown parameter 'point'", "p.yml:3:9: error: 'points' is 0; it must be at least 1",
      ])
  }

  @Test func keepsPlacesThroughSubstitution() throws {
    let body = try body(try #require(notebook?.resolvingParameters().value))
    #expect(body["points"]?.range?.start == SourcePosition(line: 13, column: 9))
    #expect(body["points"]?.range?.end == SourcePosition(line: 13, column: 18))
  }
}
