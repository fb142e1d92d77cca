extension EmbeddingQualityFinding {
  /// Models together that differ by their seed alone, in the order in which they come; sizes and steps rise within a group and condition.
  static func settings(of models: [Model]) -> [Setting] {
    struct Key: Hashable {
      let group: String
      let condition: String?
      let number: Double?
      let unitCount: Int
    }
    var (order, members): ([Key], [Key: [Model]]) = ([], [:])
    for model in models {
      let key = Key(
        group: model.group, condition: model.condition, number: model.number, unitCount: model.states.unitCount)
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(model)
    }
    return order.compactMap { key in
      guard let same = members[key], let first = same.first else { return nil }
      let errors = same.compactMap(\.mase)
      return Setting(
        group: key.group, condition: key.condition, number: key.number, unitCount: key.unitCount,
        parameterCount: first.parameterCount, modelCount: same.count,
        mase: errors.count == same.count ? Spread(of: errors) : nil,
        linear: Spread(of: same.map { $0.states.meanLinear }),
        nonlinear: Spread(of: same.map { $0.states.meanNonlinear }),
        neighbourOverlap: Spread(of: same.map(\.states.neighbourOverlap)),
        noiseAmplification: Spread(of: same.map(\.states.noiseAmplification)))
    }
  }

  /// Of settings that differ in their condition alone, what the others add to the error under the first.
  static func increases(of settings: [Setting]) -> [Increase] {
    settings.filter { $0.condition != nil && $0.condition == settings[0].condition }.flatMap { first in
      settings.compactMap { other in
        guard other.group == first.group, other.unitCount == first.unitCount, other.number == first.number,
          let condition = other.condition, condition != first.condition, let from = first.mase?.mean,
          let to = other.mase?.mean
        else { return nil }
        return Increase(
          group: first.group, unitCount: first.unitCount, condition: condition, from: from, to: to, increase: to - from)
      }
    }
  }

  /// Of each group the first model that was trained the longest under the first condition, by position.
  static func examples(of models: [Model]) -> [Int] {
    var (chosen, first): ([Int], [String: Int]) = ([], [:])
    for (index, model) in models.enumerated() where model.condition == models[0].condition {
      if let known = first[model.group] {
        guard (model.number ?? 0) > (models[known].number ?? 0) else { continue }
        chosen = chosen.map { $0 == known ? index : $0 }
      } else {
        chosen.append(index)
      }
      first[model.group] = index
    }
    return chosen
  }

  /// The models of a setting.
  func models(of setting: Setting) -> [Model] {
    models.filter {
      $0.group == setting.group && $0.condition == setting.condition && $0.number == setting.number
        && $0.states.unitCount == setting.unitCount
    }
  }

  /// Of every group and condition the settings with the largest number: what training ended with.
  var finalSettings: [Setting] {
    settings.filter { setting in
      !settings.contains {
        $0.group == setting.group && $0.condition == setting.condition && $0.unitCount == setting.unitCount
          && ($0.number ?? 0) > (setting.number ?? 0)
      }
    }
  }
}

extension EmbeddingQualityFinding.Points {
  /// R² of the linear decoder, over hidden variables.
  var meanLinear: Double { decoding.reduce(0) { $0 + $1.linear } / Double(max(1, decoding.count)) }
  /// R² of the other one, over hidden variables.
  var meanNonlinear: Double { decoding.reduce(0) { $0 + $1.nonlinear } / Double(max(1, decoding.count)) }
}

extension EmbeddingQualityFinding.Spread {
  /// The mean, the least and the most of some values.
  init(of values: [Double]) {
    self.init(
      mean: values.reduce(0, +) / Double(max(1, values.count)), least: values.min() ?? 0, most: values.max() ?? 0)
  }
}
