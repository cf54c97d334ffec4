/// Why a comparison cannot be made, in words for the one who asked for it.
public struct LabError: Error, Sendable, Hashable, CustomStringConvertible {
    public let message: String
    public var description: String { message }

    public init(_ message: String) {
        self.message = message
    }
}
