import Exhibits

/// How several clouds are told apart in a panel: by group, else each by itself, else, where they are many, by their place among the others.
struct CloudColours {
  private let names: [String]
  private let groups: [String]

  /// More than this are not told apart by colours of their own.
  static let few = 8

  /// - Parameter groups: of every cloud, `nil` if there are none.
  init(names: [String], groups: [String?]) {
    self.names = names
    let known = groups.compactMap { $0 }
    self.groups = known.count == names.count ? known : []
  }

  /// The scale of a panel's colours, where clouds are many.
  var levels: LevelScale? {
    isGraded ? LevelScale(Axis("cloud", scale: .integer, from: 1, to: Double(names.count))) : nil
  }

  /// Whether clouds have groups that tell them apart.
  var isGrouped: Bool { !groups.isEmpty }

  private var isGraded: Bool { !isGrouped && names.count > Self.few }

  /// A layer in the colour of a cloud.
  func layer(_ mark: Mark, role: Layer.Role = .series, of cloud: Int, isLabelled: Bool = false) -> Layer {
    if isGraded { return Layer(mark, role: role, level: Double(cloud + 1)) }
    guard isGrouped else {
      return Layer(mark, role: role, label: isLabelled && names.count > 1 ? names[cloud] : "", series: cloud)
    }
    let group = groups[cloud]
    let isFirst = groups.firstIndex(of: group) == cloud
    return Layer(
      mark, role: role, label: isLabelled && isFirst ? group : "", series: groups.distinct.firstIndex(of: group) ?? 0)
  }

  /// What a caption says of the colours; empty where there is one cloud.
  var words: String {
    if names.count == 1 { return "" }
    return isGrouped ? " Colours: groups." : isGraded ? " Colours: the clouds in their order." : " Colours: clouds."
  }
}
