/// Names an element of a document, and of every copy that is kept up to date by patches.
public struct ElementID: Hashable, Comparable, Sendable {
    /// Counted from 0, the body. Never reused for another element.
    public let number: Int

    public init(number: Int) {
        self.number = number
    }

    /// The root of everything that shows.
    public static let body = ElementID(number: 0)

    public static func < (left: ElementID, right: ElementID) -> Bool { left.number < right.number }
}
