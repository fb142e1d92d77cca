import Notebooks

/// Which cell the first word of an inline value means: a cell's id, or a kind that only one cell has.
struct ValueHeads {
  /// The word that stands for the notebook's parameters.
  static let parameters = "params"
  private let cells: [Cell]

  init(notebook: Notebook) { cells = notebook.cells }

  func cell(for head: String) -> Cell? {
    if let cell = cells.first(where: { $0.id == head }) { return cell }
    let ofKind = cells.filter { $0.kind == head }
    return ofKind.count == 1 ? ofKind[0] : nil
  }
}
