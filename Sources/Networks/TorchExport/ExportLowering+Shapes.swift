extension ExportLowering {
  /// The same numbers under other shapes and orders.
  static let shapeRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    add(["view.default", "_unsafe_view.default", "view_copy.default", "reshape.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let sizes = try call.sizes(call.target == "aten.reshape.default" ? "shape" : "size")
      return [call.reshaped(x, to: try call.shape(sizes, x.kind))]
    }
    add(["view_as.default", "reshape_as.default"]) { call throws(NetworkError) in
      let (x, other) = (try call.tensor("self"), try call.tensor("other"))
      return [call.reshaped(x, to: call.emit("Shape", [other.name]))]
    }
    add(["flatten.using_ints", "unflatten.int"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      var pieces: [String] = []
      func kept(_ start: Int, _ end: Int) {
        if start < end {
          pieces.append(call.emit("Shape", [x.name], ["start": .integer(start), "end": .integer(end)]))
        }
      }
      if call.target == "aten.flatten.using_ints" {
        let first = try call.axis("start_dim", of: x, default: 0)
        let last = try call.axis("end_dim", of: x, default: -1)
        guard first <= last else { throw call.fault("axes \(first) to \(last) are no stretch") }
        kept(0, first)
        pieces.append(call.constant([-1]))
        kept(last + 1, call.physical(x.rank, x.kind))
      } else {
        let axis = try call.axis(of: x)
        kept(0, axis)
        pieces.append(try call.shape(try call.sizes("sizes")))
        kept(axis + 1, call.physical(x.rank, x.kind))
      }
      return [call.reshaped(x, to: call.emit("Concat", pieces, ["axis": .integer(0)]))]
    }
    add(["permute.default", "permute_copy.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      var order: [Int] = []
      for axis in try call.integers("dims") { order.append(try call.axis(axis, of: x.rank)) }
      return [call.ordered(x, order)]
    }
    add(["transpose.int", "transpose_copy.int", "swapaxes.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      var order = Array(0..<x.rank)
      let swap = (try call.axis("dim0", of: x), try call.axis("dim1", of: x))
      if x.rank > 0 { order.swapAt(swap.0, swap.1) }
      return [call.ordered(x, order)]
    }
    add(["t.default", "numpy_T.default", "mT.default", "adjoint.default", "mH.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      var order = Array(0..<x.rank)
      if call.target == "aten.numpy_T.default" {
        order.reverse()
      } else if x.rank >= 2 {
        order.swapAt(x.rank - 1, x.rank - 2)
      }
      let turned = call.ordered(x, order)
      let conjugates = ["aten.adjoint.default", "aten.mH.default"].contains(call.target)
      return [conjugates && x.kind == .complex ? call.conjugate(turned) : turned]
    }
    add(["movedim.int"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      var order = Array(0..<x.rank)
      let (source, target) = (try call.axis("source", of: x), try call.axis("destination", of: x))
      if x.rank > 0 { order.insert(order.remove(at: source), at: target) }
      return [call.ordered(x, order)]
    }
    add(["unsqueeze.default", "unsqueeze_copy.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let axis = try call.axis(try call.integer("dim"), of: x.rank + 1)
      return [call.result(call.unsqueeze(x.name, [axis]), x.kind)]
    }
    add(["squeeze.default", "squeeze.dim", "squeeze.dims", "squeeze_copy.dims"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let given = call.isGiven("dim") ? try call.integers("dim") : Array(0..<x.rank)
      var axes: [Int] = []
      // Other extents than 1 are left as they are.
      for axis in given {
        let axis = try call.axis(axis, of: x.rank)
        if x.sizes.indices.contains(axis), x.sizes[axis] == 1 { axes.append(axis) }
      }
      guard !axes.isEmpty else { return [x] }
      return [call.result(call.emit("Squeeze", [x.name, call.constant(axes)]), x.kind)]
    }
    add(["expand.default", "expand_copy.default", "broadcast_to.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let sizes = try call.sizes("size").map { $0 == .known(-1) ? .known(1) : $0 }
      return [try call.expanded(x, to: sizes)]
    }
    add(["expand_as.default"]) { call throws(NetworkError) in
      let (x, other) = (try call.tensor("self"), try call.tensor("other"))
      guard x.kind != .complex else { throw call.fault("complex numbers are not taken") }
      let extents = call.emit("Shape", [other.name], ["end": .integer(other.rank)])
      return [call.result(call.emit("Expand", [x.name, extents]), x.kind)]
    }
    add(["repeat.default", "tile.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let sizes = try call.sizes(call.target == "aten.tile.default" ? "dims" : "repeats")
      guard sizes.count >= x.rank else { throw call.fault("\(sizes.count) repeats are given for \(x.rank) axes") }
      let added = sizes.count - x.rank
      let full = added > 0 ? call.unsqueeze(x.name, Array(0..<added)) : x.name
      var repeats = sizes
      if x.kind == .complex { repeats.append(.known(1)) }
      return [call.result(call.emit("Tile", [full, try call.shape(repeats)]), x.kind)]
    }
    add(["flip.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      var name = x.name
      for axis in try call.integers("dims") {
        name = call.slice(name, axis: try call.axis(axis, of: x.rank), from: -1, to: Int.min, step: -1)
      }
      return [call.result(name, x.kind)]
    }
    add(["roll.default"]) { call throws(NetworkError) in
      var x = try call.tensor("self")
      let (shifts, axes) = (try call.integers("shifts"), try call.integers("dims", default: []))
      guard shifts.count == axes.count else { throw call.fault("every shift needs its axis") }
      for (shift, axis) in zip(shifts, axes) {
        let axis = try call.axis(axis, of: x.rank)
        let extent = try call.extent(axis, of: x)
        guard extent > 0, shift.magnitude < 1 << 32 else { continue }
        let cut = extent - ((shift % extent) + extent) % extent
        let parts = [
          call.slice(x.name, axis: axis, from: cut, to: Int.max), call.slice(x.name, axis: axis, from: 0, to: cut),
        ]
        x.name = call.emit("Concat", parts, ["axis": .integer(axis)])
      }
      return [x]
    }
    add(["cat.default", "concat.default", "stack.default"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      let isStack = call.target == "aten.stack.default"
      var tensors = try call.allTensors("tensors")
      // PyTorch passes over empty lists beside arrays of more axes.
      let rank = tensors.map(\.rank).max() ?? 0
      if !isStack, rank > 1 { tensors.removeAll { $0.sizes == [0] } }
      let axis = try call.axis(try call.integer("dim", default: 0), of: isStack ? rank + 1 : rank)
      var names: [String] = []
      for tensor in tensors {
        let tensor = call.cast(tensor, to: kind)
        names.append(isStack ? call.unsqueeze(tensor.name, [axis]) : tensor.name)
      }
      return [call.result(call.emit("Concat", names, ["axis": .integer(axis)]), kind)]
    }
    return rules
  }()

  mutating func reshaped(_ x: Term, to shape: String) -> Term {
    result(emit("Reshape", [x.name, shape], ["allowzero": .integer(1)]), x.kind)
  }

  /// The axes in another order; the pair of a complex number stays last.
  mutating func ordered(_ x: Term, _ order: [Int]) -> Term {
    result(transpose(x.name, order + (x.kind == .complex ? [x.rank] : [])), x.kind)
  }

  mutating func expanded(_ x: Term, to sizes: [ExportedProgram.Size]) throws(NetworkError) -> Term {
    result(emit("Expand", [x.name, try shape(sizes, x.kind)]), x.kind)
  }

  /// Parts picked out, and parts put in.
  static let selectionRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    add(["select.int", "select_copy.int"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let axis = try call.axis(of: x)
      let place = try call.tensor("index")
      return [call.result(call.emit("Gather", [x.name, place.name], ["axis": .integer(axis)]), x.kind)]
    }
    add(["slice.Tensor", "slice_copy.Tensor"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let axis = try call.axis(of: x, default: 0)
      let start = try call.entry(try call.size("start", default: 0))
      let end = try call.entry(try call.size("end", default: Int.max))
      let step = try call.integer("step", default: 1)
      guard step > 0 else { throw call.fault("a step of \(step) is asked for; it must be positive") }
      return [
        call.result(call.emit("Slice", [x.name, start, end, call.constant([axis]), call.constant([step])]), x.kind)
      ]
    }
    add(["diff.default"]) { call throws(NetworkError) in
      guard try call.integer("n", default: 1) == 1 else { throw call.fault("'n' must be 1") }
      let x = try call.tensor("self")
      guard x.kind != .boolean else { throw call.fault("truth values have no differences") }
      let axis = try call.axis(of: x, default: -1)
      var parts: [String] = []
      if let before = try call.optionalTensor("prepend") { parts.append(call.cast(before, to: x.kind).name) }
      parts.append(x.name)
      if let after = try call.optionalTensor("append") { parts.append(call.cast(after, to: x.kind).name) }
      let whole = parts.count == 1 ? x.name : call.emit("Concat", parts, ["axis": .integer(axis)])
      let later = call.slice(whole, axis: axis, from: 1, to: Int.max)
      return [call.result(call.emit("Sub", [later, call.slice(whole, axis: axis, from: 0, to: -1)]), x.kind)]
    }
    add(["narrow.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let (start, length) = (try call.integer("start"), try call.integer("length"))
      let (end, overflows) = start.addingReportingOverflow(length)
      guard start >= 0, length >= 0, !overflows else { throw call.fault("'start' and 'length' must not be negative") }
      return [call.result(call.slice(x.name, axis: try call.axis(of: x), from: start, to: end), x.kind)]
    }
    add(["slice_scatter.default", "select_scatter.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let source = try call.tensor("src", as: x.kind)
      let isSelect = call.target == "aten.select_scatter.default"
      let axis = try call.axis(of: x, default: isSelect ? nil : 0)
      let extent = try call.extent(axis, of: x)
      var (start, end) = (0, extent)
      if isSelect {
        start = try call.axis(try call.integer("index"), of: extent)
        end = start + 1
      } else {
        guard try call.integer("step", default: 1) == 1 else { throw call.fault("'step' must be 1") }
        func place(_ name: String, _ standard: Int) throws(NetworkError) -> Int {
          let given = try call.integer(name, default: standard)
          return min(max(given < 0 ? given + extent : given, 0), extent)
        }
        start = try place("start", 0)
        end = max(start, try place("end", extent))
      }
      var parts: [String] = []
      if start > 0 { parts.append(call.slice(x.name, axis: axis, from: 0, to: start)) }
      parts.append(isSelect ? call.unsqueeze(source.name, [axis]) : source.name)
      if end < extent { parts.append(call.slice(x.name, axis: axis, from: end, to: Int.max)) }
      return [call.result(call.emit("Concat", parts, ["axis": .integer(axis)]), x.kind)]
    }
    add(["split.Tensor", "split_with_sizes.default", "chunk.default", "split.sizes"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let axis = try call.axis(of: x, default: 0)
      let count = call.resultCount
      guard count > 0 else { throw call.fault("no part has a name") }
      var sizes: [Int]
      if call.target == "aten.split_with_sizes.default" || call.target == "aten.split.sizes" {
        sizes = try call.integers(call.target == "aten.split.sizes" ? "split_size" : "split_sizes")
      } else {
        let extent = try call.extent(axis, of: x)
        let size =
          call.target == "aten.chunk.default"
          ? (extent + count - 1) / count : try call.integer("split_size")
        guard size > 0, size <= max(extent, 1) || count == 1 else { throw call.fault("parts of \(size) are asked for") }
        sizes = (0..<count).map { min(size, max(0, extent - min($0, extent) * min(size, extent))) }
      }
      guard sizes.count == count else { throw call.fault("\(sizes.count) parts are made, but \(count) have names") }
      if count == 1 { return [x] }
      let names = call.emit("Split", [x.name, call.constant(sizes)], ["axis": .integer(axis)], results: count)
      return names.map { call.result($0, x.kind) }
    }
    add(["unbind.int"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      let axis = try call.axis(of: x, default: 0)
      guard x.rank > 0, try call.extent(axis, of: x) == call.resultCount else {
        throw call.fault("the parts do not make up axis \(axis)")
      }
      var parts: [Term] = []
      for index in 0..<call.resultCount {
        let place = call.constant(index)
        parts.append(call.result(call.emit("Gather", [x.name, place.name], ["axis": .integer(axis)]), x.kind))
      }
      return parts
    }
    add(["embedding.default"]) { call throws(NetworkError) in
      let (table, index) = (try call.tensor("weight"), try call.tensor("indices", as: .whole))
      return [call.result(call.emit("Gather", [table.name, index.name], ["axis": .integer(0)]), table.kind)]
    }
    add(["index_select.default"]) { call throws(NetworkError) in
      let (x, index) = (try call.tensor("self"), try call.tensor("index"))
      return [call.result(call.emit("Gather", [x.name, index.name], ["axis": .integer(try call.axis(of: x))]), x.kind)]
    }
    add(["gather.default"]) { call throws(NetworkError) in
      let (x, index) = (try call.realArgument(), try call.tensor("index"))
      let axis = try call.axis(of: x)
      return [call.result(call.emit("GatherElements", [x.name, index.name], ["axis": .integer(axis)]))]
    }
    add(["scatter.src", "scatter.value", "scatter_add.default"]) { call throws(NetworkError) in
      let (x, index) = (try call.realArgument(), try call.tensor("index"))
      var source: Term
      if call.isGiven("src") {
        source = try call.tensor("src", as: .real)
      } else {
        source = try call.tensor("value", as: .real)
        source.name = call.emit("Expand", [source.name, call.emit("Shape", [index.name])])
      }
      let mode = call.target == "aten.scatter_add.default" ? "add" : "none"
      return [
        call.result(
          call.emit(
            "ScatterElements", [x.name, index.name, source.name],
            ["axis": .integer(try call.axis(of: x)), "reduction": .text(mode)]))
      ]
    }
    add(["index.Tensor"]) { call throws(NetworkError) in try call.indexed() }
    add(["tril.default", "triu.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      guard x.kind != .complex else { throw call.fault("complex numbers are not taken") }
      let diagonal = call.constant(try call.integer("diagonal", default: 0))
      let upper = call.target == "aten.triu.default" ? 1 : 0
      return [try call.triangle(x, diagonal: diagonal.name, isUpper: upper == 1)]
    }
    return rules
  }()

  /// The entries on one side of a diagonal, 0 elsewhere.
  func triangleAxes(_ x: Term) throws(NetworkError) -> Int {
    guard x.rank >= 2 else { throw fault("a matrix is needed") }
    return x.rank
  }

  mutating func triangle(_ x: Term, diagonal: String, isUpper: Bool) throws(NetworkError) -> Term {
    let rank = try triangleAxes(x)
    let (rows, columns) = (range(x.name, rank - 2), range(x.name, rank - 1))
    let place = emit("Add", [unsqueeze(rows, [1]), diagonal])
    let inside = emit(isUpper ? "GreaterOrEqual" : "LessOrEqual", [unsqueeze(columns, [0]), place])
    let zero = cast(constant(0), to: x.kind)
    return result(emit("Where", [inside, x.name, zero.name]), x.kind)
  }

  /// 0, 1, … along an axis of an array.
  mutating func range(_ name: String, _ axis: Int) -> String {
    let extent = emit("Shape", [name], ["start": .integer(axis), "end": .integer(axis + 1)])
    return emit("Range", [constant(0).name, emit("Squeeze", [extent]), constant(1).name])
  }

  /// Entries picked by arrays of places along some axes.
  private mutating func indexed() throws(NetworkError) -> [Term] {
    let x = try tensor("self")
    let given = try tensors("indices")
    let axes = given.indices.filter { given[$0] != nil }
    let indices = given.compactMap { $0 }
    guard !indices.isEmpty, given.count <= x.rank else { throw fault("'indices' do not fit the \(x.rank) axes") }
    guard indices.allSatisfy({ $0.kind == .whole }) else {
      throw fault("places are chosen by truth values; the number of results must not depend on them")
    }
    if axes.count == 1 {
      return [result(emit("Gather", [x.name, indices[0].name], ["axis": .integer(axes[0])]), x.kind)]
    }
    let rank = indices.map(\.rank).max() ?? 0
    // All to one shape, then side by side as coordinates.
    var sum = indices[0].name
    for index in indices.dropFirst() { sum = emit("Add", [sum, index.name]) }
    let extents = emit("Shape", [sum])
    var columns: [String] = []
    for index in indices { columns.append(unsqueeze(emit("Expand", [index.name, extents]), [rank])) }
    let coordinates = emit("Concat", columns, ["axis": .integer(rank)])
    let rest = (0..<x.rank).filter { !axes.contains($0) }
    let front = ordered(x, axes + rest)
    let picked = Term(name: emit("GatherND", [front.name, coordinates]), kind: x.kind, sizes: [])
    let first = axes[0]
    guard axes == Array(first..<(first + axes.count)), first > 0 else { return [picked] }
    // Neighbouring axes are replaced where they were.
    let order = Array(rank..<(rank + first)) + Array(0..<rank) + Array((rank + first)..<(rank + rest.count))
    var turned = picked
    turned.sizes = [Int?](repeating: nil, count: rank + rest.count)
    return [ordered(turned, order)]
  }
}
