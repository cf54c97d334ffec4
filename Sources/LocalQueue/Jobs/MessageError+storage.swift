import PlainErrors

extension MessageError {
    /// Returns what `body` returns; its error becomes a message about the queue's database or folder.
    /// - Parameter action: what failed, such as "cannot open".
    static func storing<Value>(
        _ action: String, _ path: String, _ body: () throws -> Value
    ) throws(MessageError) -> Value {
        do {
            return try body()
        } catch {
            throw MessageError("The local queue \(action) \(path): \(error).")
        }
    }
}
