import Diagnostics

/// Why a drawing could not be painted.
public enum PaintingError: Diagnosable, Hashable {
  /// The drawing's measures are not those of a page.
  case unusableSize(width: Double, height: Double)
  /// A PNG would have more pixels than can be held.
  case tooManyPixels(width: Int, height: Int, most: Int)
  /// Cairo reports a fault.
  case cairo(status: String)

  /// What is the matter.
  public var message: String {
    switch self {
    case .unusableSize(let width, let height):
      "\(width)×\(height) points is no size for a drawing; both sides must lie between 1 and 14400"
    case .tooManyPixels(let width, let height, let most):
      "\(width)×\(height) pixels is too large a picture; it may have at most \(most)"
    case .cairo(let status): "cairo stopped with '\(status)'"
    }
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .unusableSize: "give the figure a width between 72 and 14400 points"
    case .tooManyPixels: "lower the resolution, or write a PDF"
    case .cairo: nil
    }
  }

  /// The exit status this error calls for.
  public var status: ExitStatus {
    switch self {
    case .unusableSize, .tooManyPixels: .notebookWrong
    case .cairo: .internalError
    }
  }
}
