import CCmarkGFM
import Foundation

/// A Markdown document parsed by cmark-gfm, with GitHub's tables, strikethrough, autolinks, task lists and footnotes.
final class MarkdownTree {
  /// One node; valid as long as its tree.
  struct Node {
    let pointer: OpaquePointer

    /// The library has no words for footnotes.
    var kind: String {
      switch cmark_node_get_type(pointer) {
      case CMARK_NODE_FOOTNOTE_DEFINITION: "footnote_definition"
      case CMARK_NODE_FOOTNOTE_REFERENCE: "footnote_reference"
      default: String(cString: cmark_node_get_type_string(pointer))
      }
    }
    var literal: String { cmark_node_get_literal(pointer).map { String(cString: $0) } ?? "" }
    var info: String { cmark_node_get_fence_info(pointer).map { String(cString: $0) } ?? "" }
    var url: String { cmark_node_get_url(pointer).map { String(cString: $0) } ?? "" }
    var title: String { cmark_node_get_title(pointer).map { String(cString: $0) } ?? "" }
    var headingLevel: Int { Int(cmark_node_get_heading_level(pointer)) }
    var listStart: Int? {
      cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST ? Int(cmark_node_get_list_start(pointer)) : nil
    }
    var isTight: Bool { cmark_node_get_list_tight(pointer) != 0 }
    var isChecked: Bool { cmark_gfm_extensions_get_tasklist_item_checked(pointer) }
    /// Whether a code block is fenced, with the number of backticks or tildes.
    var fenceLength: Int? {
      var length: CInt = 0
      var offset: CInt = 0
      var character: CChar = 0
      guard cmark_node_get_fenced(pointer, &length, &offset, &character) != 0 else { return nil }
      return Int(length)
    }
    /// The first line, from 1.
    var startLine: Int { Int(cmark_node_get_start_line(pointer)) }
    /// The last line.
    var endLine: Int { Int(cmark_node_get_end_line(pointer)) }

    var alignments: [MarkdownBlock.Grid.Alignment] {
      let count = Int(cmark_gfm_extensions_get_table_columns(pointer))
      guard let letters = cmark_gfm_extensions_get_table_alignments(pointer) else { return [] }
      return (0..<count).map { column in
        switch letters[column] {
        case UInt8(ascii: "l"): .left
        case UInt8(ascii: "c"): .center
        case UInt8(ascii: "r"): .right
        default: .none
        }
      }
    }

    var children: [Node] {
      var children: [Node] = []
      var next = cmark_node_first_child(pointer)
      while let child = next {
        children.append(Node(pointer: child))
        next = cmark_node_next(child)
      }
      return children
    }
  }

  private let document: OpaquePointer

  /// The registry of extensions is global and must be filled once, by one thread.
  private static let isReady: Bool = {
    cmark_gfm_core_extensions_ensure_registered()
    return true
  }()

  /// While cmark-gfm reads inlines, its extensions' special characters stand in a table that is global: one parse at a time.
  private static let oneAtATime = NSLock()

  /// Parses a text; `nil` only when memory runs out.
  init?(_ text: String) {
    Self.oneAtATime.lock()
    defer { Self.oneAtATime.unlock() }
    guard Self.isReady,
      let parser = cmark_parser_new(CMARK_OPT_FOOTNOTES | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE)
    else { return nil }
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough", "autolink", "tasklist"] {
      if let `extension` = cmark_find_syntax_extension(name) {
        cmark_parser_attach_syntax_extension(parser, `extension`)
      }
    }
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
    }
    guard let document = cmark_parser_finish(parser) else { return nil }
    self.document = document
  }

  deinit { cmark_node_free(document) }

  var root: Node { Node(pointer: document) }
}
