import Drawings
extension FigureTable { var csv: String { "" } }
