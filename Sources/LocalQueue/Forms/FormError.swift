import PlainErrors

/// Why a body cannot be read as a form.
enum FormError: Error, Hashable {
    /// Not what its content type says. The reason, for the sender.
    case malformed(String)
    /// Over a limit. Which one, for the sender.
    case tooLarge(String)
    /// Neither `multipart/form-data` nor `application/x-www-form-urlencoded`.
    case unsupported
    /// Compressed, or coded in another way. The coding, as the sender calls it.
    case coded(String)
    /// The connection ended before the body did.
    case cutShort
    /// An upload could not be written to disk.
    case storage(String)

    /// Returns what `body` returns, turning its error into `.storage`.
    static func storing<Value>(_ body: () throws(MessageError) -> Value) throws(FormError) -> Value {
        do throws(MessageError) {
            return try body()
        } catch {
            throw .storage(error.message)
        }
    }
}
