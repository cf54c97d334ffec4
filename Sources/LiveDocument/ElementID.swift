/// Names an element of one document, and of every copy of it that patches keep.
public struct ElementID: Hashable, Comparable, Sendable {
    /// Counted from 0, which is the body. Never used again for another element.
    public let number: Int

    public init(number: Int) {
        self.number = number
    }

    /// What everything that shows hangs from.
    public static let body = ElementID(number: 0)

    public static func < (left: ElementID, right: ElementID) -> Bool { left.number < right.number }
}
