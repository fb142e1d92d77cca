import ArgumentParser

@main
struct Fieldbook: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "fieldbook")
}
