import Foundation

/// What the page asks of a picture before it takes it in as it is.
enum SVGPicture {
  /// Why a text is no picture for the page; `nil` when it is one.
  ///
  /// Pictures come from our own painter; this is the second lock on the door.
  static func refusal(of svg: String) -> String? {
    guard svg.hasPrefix("<svg"), svg.hasSuffix("</svg>") || svg.hasSuffix("</svg>\n") else {
      return "is no '<svg>' element"
    }
    let lower = svg.lowercased()
    for word in ["<script", "<foreignobject", "<iframe", "<style", "<!doctype", "<!entity"]
    where lower.contains(word) {
      return "holds '\(word)'"
    }
    // A raster layer carries its pixels with it; nothing else may be pointed at but the picture's own parts.
    for place in lower.components(separatedBy: "href=\"").dropFirst()
    where !place.hasPrefix("#") && !place.hasPrefix("data:image/png;base64,") {
      return "points outside itself"
    }
    return nil
  }
}
