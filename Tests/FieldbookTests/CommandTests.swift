import Testing

@Suite struct CommandTests {
  @Test func saysItsVersion() throws {
    try withCommand { fieldbook in
      let run = try fieldbook("--version")
      #expect(run.status == 0 && run.output.hasPrefix("0."))
    }
  }
}
