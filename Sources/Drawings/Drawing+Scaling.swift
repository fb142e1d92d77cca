extension Drawing {
  /// The drawing with every measure multiplied, words and lines included.
  public func scaled(by factor: Double) -> Drawing {
    var drawing = self
    drawing.width *= factor
    drawing.height *= factor
    drawing.ink = ink.map { $0.scaled(by: factor) }
    return drawing
  }
}

extension Ink {
  fileprivate func scaled(by factor: Double) -> Ink {
    switch self {
    case .path(var path):
      path.path = path.path.scaled(by: factor)
      path.stroke = path.stroke?.scaled(by: factor)
      return .path(path)
    case .text(var text):
      text.at = text.at.scaled(by: factor)
      text.size *= factor
      return .text(text)
    case .markers(var markers):
      markers.places = markers.places.map { $0.scaled(by: factor) }
      markers.size *= factor
      markers.rim = markers.rim?.scaled(by: factor)
      return .markers(markers)
    case .raster(var raster):
      raster.box = raster.box.scaled(by: factor)
      return .raster(raster)
    case .clipped(let box, let inner):
      return .clipped(box.scaled(by: factor), inner.map { $0.scaled(by: factor) })
    }
  }
}

extension Position {
  fileprivate func scaled(by factor: Double) -> Position { Position(x * factor, y * factor) }
}

extension Box {
  fileprivate func scaled(by factor: Double) -> Box {
    Box(x: x * factor, y: y * factor, width: width * factor, height: height * factor)
  }
}

extension Stroke {
  fileprivate func scaled(by factor: Double) -> Stroke {
    Stroke(paint, width: width * factor, dash: dash.map { $0 * factor }, cap: cap, join: join)
  }
}

extension Path {
  fileprivate func scaled(by factor: Double) -> Path {
    Path(
      pieces.map { piece in
        switch piece {
        case .move(let place): .move(place.scaled(by: factor))
        case .line(let place): .line(place.scaled(by: factor))
        case .curve(let first, let second, let end):
          .curve(first.scaled(by: factor), second.scaled(by: factor), end.scaled(by: factor))
        case .close: .close
        }
      })
  }
}
