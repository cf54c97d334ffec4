/// An error of which nothing more is to be known than what to say of it: one sentence, or several, that tell the person
/// what is wrong and what to do. An error that code tells apart from others is a type of its own.
public struct MessageError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
