/// Cairo 1.16 writes the creation date without the prefix `D:` that the PDF standard asks for.
enum PDFDate {
  /// The file with the prefix put in, at the same length so that no offset moves: seconds and time zone, which may be left
  /// off, make way.
  static func corrected(_ file: [UInt8]) -> [UInt8] {
    let key = Array("/CreationDate (".utf8)
    guard let start = firstIndex(of: key, in: file).map({ $0 + key.count }), start < file.count,
      file[start] != UInt8(ascii: "D"),
      let end = file[start...].firstIndex(of: UInt8(ascii: ")"))
    else { return file }
    let digits = file[start..<end].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let date = Array("D:".utf8) + digits.prefix(12)
    guard date.count <= end - start else { return file }
    var corrected = file
    // Spaces behind the closing bracket keep the length.
    let filled = date + [UInt8(ascii: ")")] + [UInt8](repeating: UInt8(ascii: " "), count: end - start - date.count)
    corrected.replaceSubrange(start...end, with: filled)
    return corrected
  }

  private static func firstIndex(of word: [UInt8], in file: [UInt8]) -> Int? {
    guard file.count >= word.count else { return nil }
    // The date stands in the last pages of the file.
    return (0...(file.count - word.count)).reversed().first { start in
      file[start] == word[0] && file[start..<(start + word.count)].elementsEqual(word)
    }
  }
}
