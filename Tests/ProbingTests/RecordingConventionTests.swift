import Analysis
import Checkpoints
import Diagnostics
import Networks
import Probing
import Testing

@Suite struct RecordingConventionTests {
  private static func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch let error as any Diagnosable { return error.message } catch { return "\(error)" }
  }

  private static func counted(_ shape: [Int]) -> NDArray<Double> {
    NDArray(shape: shape, values: (0..<shape.reduce(1, *)).map { Double($0) })
  }

  private static func table(_ text: String) throws -> NumberTable {
    try NumberTable(decoding: Bytes(text.utf8)) {
      [RecordingConvention.trialColumn, RecordingConvention.conditionColumn].contains($0)
    }
  }

  @Test func readsArraysOfOneTwoAndThreeAxes() throws {
    let plain = RecordingConvention()
    let series = try plain.recording(of: Self.counted([5]), named: "x")
    #expect(series.unitCount == 1 && series.sampleCount == 5 && series.sampleInterval == 1 && series.timeUnit.isEmpty)
    let one = try plain.recording(of: Self.counted([4, 3]), named: "x")
    #expect(one.unitCount == 3 && one.trajectories.count == 1 && one.stacked[1, 0] == 3)
    let trials = try plain.recording(of: Self.counted([2, 4, 3]), named: "x")
    #expect(trials.trajectories.map(\.name) == ["1", "2"] && trials.trajectories[1].samples[0, 0] == 12)
    let turned = RecordingConvention(sampleInterval: 0.02, layout: .unitsByTime)
    let other = try turned.recording(of: Self.counted([2, 4, 3]), named: "x")
    #expect(other.unitCount == 4 && other.trajectories[1].samples[1, 2] == 19)
    #expect(other.sampleInterval == 0.02 && other.timeUnit == "s")
  }

  @Test func readsTrialsAlongTheSecondAxis() throws {
    let outer = RecordingConvention(layout: .timeByTrialsByUnits)
    let recording = try outer.recording(of: Self.counted([4, 2, 3]), named: "x")
    #expect(recording.trajectories.count == 2 && recording.unitCount == 3)
    #expect(recording.trajectories[1].samples.row(2) == [15, 16, 17])
    #expect(
      Self.refusal { _ = try outer.recording(of: Self.counted([4, 3]), named: "x") }
        == "array 'x' is 4×3; it must be time × trials × units")
  }

  @Test func fillingAtTheEndOfATrialIsNoSample() throws {
    var array = Self.counted([2, 3, 2])
    for place in 8..<12 { array.values[place] = .nan }
    let recording = try RecordingConvention().recording(of: array, named: "x")
    #expect(recording.trajectories.map(\.sampleCount) == [3, 1])
    // A gap is not filling.
    array = Self.counted([2, 3, 2])
    array.values[0] = .nan
    #expect(
      Self.refusal { _ = try RecordingConvention().recording(of: array, named: "x") }
        == "sample 0 of unit '1' in trial '1' is nan; every value must be a finite number")
  }

  @Test func severalArraysAreTrials() throws {
    let recording = try RecordingConvention(units: ["a", "b"], conditions: ["go", "stop"]).recording(
      of: [("t1", Self.counted([4, 2])), ("t2", Self.counted([3, 2]))], named: "x.npz")
    #expect(recording.trajectories.map(\.name) == ["t1", "t2"] && recording.conditions == ["go", "stop"])
    #expect(recording.unitNames == ["a", "b"])
  }

  @Test func readsATableWithTrialsConditionsAndTime() throws {
    let recording = try RecordingConvention().recording(
      of: Self.table("trial,condition,time,v,w\na,go,0,1,2\na,go,0.5,3,4\nb,stop,0,5,6\nb,stop,0.5,7,8\n"), named: "x")
    #expect(recording.trajectories.map(\.name) == ["a", "b"] && recording.conditions == ["go", "stop"])
    #expect(recording.unitNames == ["v", "w"] && recording.sampleInterval == 0.5 && recording.timeUnit == "s")
    #expect(recording.trajectories[1].samples.row(0) == [5, 6])
    let plain = try RecordingConvention(sampleInterval: 2, timeUnit: "ms").recording(
      of: Self.table("1,2\n3,4\n5,6\n"), named: "x")
    #expect(plain.unitNames == ["1", "2"] && plain.sampleCount == 3 && plain.timeUnit == "ms")
  }

  @Test func theCloserConventionWins() {
    let near = RecordingConvention(sampleInterval: 0.1, units: ["a"])
    let far = RecordingConvention(sampleInterval: 0.2, timeUnit: "ms", layout: .unitsByTime, conditions: ["c"])
    #expect(
      near.over(far)
        == RecordingConvention(
          sampleInterval: 0.1, timeUnit: "ms", layout: .unitsByTime, units: ["a"], conditions: ["c"]))
  }

  @Test func saysEveryRefusal() throws {
    let plain = RecordingConvention()
    let said = [
      Self.refusal { _ = try plain.recording(of: Self.counted([2, 2, 2, 2]), named: "x") },
      Self.refusal {
        _ = try RecordingConvention(layout: .unitsByTime).recording(of: Self.counted([2, 0]), named: "x")
      },
      Self.refusal { _ = try plain.recording(of: [], named: "x") },
      Self.refusal {
        _ = try plain.recording(of: [("a", Self.counted([2, 2])), ("b", Self.counted([3]))], named: "x")
      },
      Self.refusal {
        _ = try RecordingConvention(conditions: ["go", "stop"]).recording(of: Self.counted([3, 2]), named: "x")
      },
      Self.refusal { _ = try RecordingConvention(units: ["a"]).recording(of: Self.counted([3, 2]), named: "x") },
      Self.refusal { _ = try plain.recording(of: Self.table("trial,v\na,1\nb,2\na,3\n"), named: "x") },
      Self.refusal { _ = try plain.recording(of: Self.table("trial,condition\na,go\n"), named: "x") },
      Self.refusal { _ = try plain.recording(of: Self.table("time,v\n0,1\n1,2\n3,2\n"), named: "x") },
      Self.refusal { try RecordingConvention(sampleInterval: 0).validate() },
      Self.refusal { try RecordingConvention(units: []).validate() },
      Self.refusal { try RecordingConvention(conditions: []).validate() },
    ]
    #expect(
      said == [
        "array 'x' is 2×2×2×2; it must be time × units, or trials × time × units",
        "array 'x' is 2×0; it must be units × time, or trials × units × time",
        "source 'x' is without any array; it must be a recording",
        "array 'x:b' is 3; it must be time × units, one array for each trial; or name the array of all trials, as in 'x:a'",
        "source 'x' is of 1; it must be of 2 trials, as there are conditions",
        "1 names for 2 units; there must be one for each",
        "source 'x' is a table in which trial 'a' begins twice; it must be sorted by trial",
        "source 'x' is without any; it must be a table with a column for each unit",
        "source 'x' is a table whose time goes from 0.0 to 1.0 in row 2, where a step is 1.5; it must be evenly sampled",
        "'sampleInterval' is 0.0; it must be a finite number above 0",
        "'units' is empty; it must be left out, or name every unit",
        "'conditions' is empty; it must be left out, or name one for every trial",
      ])
  }
}
