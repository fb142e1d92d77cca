import ArgumentParser
import Fieldwork

/// The command: arguments in, exit status out.
@main
struct Fieldbook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fieldbook",
    abstract: "Notebooks for the geometry and dynamics of neural networks.",
    discussion: """
      A notebook is a Markdown file that names checkpoints and asks probes about them. 'fieldbook build' measures, draws and
      writes a report. Exit status: 0 ok, 1 a cell failed, 2 notebook wrong, 3 a check failed, 4 stale, 5 warnings under
      --strict, 64 usage, 66 input missing or damaged, 70 a defect of ours, 73 cannot write, 75 locked, 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      BuildCommand.self, CheckCommand.self, PublishCommand.self, InspectCommand.self, ConvertCommand.self,
      EvaluateCommand.self, MeasureCommand.self, ProbesCommand.self, NewCommand.self,
    ])

  /// Starts the command.
  static func main() {
    Interruption.endsTidily()
    main(nil)
  }

  /// What records and reports say computed them.
  static let software = "fieldbook \(configuration.version)"
}
