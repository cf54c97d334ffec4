/// Why a body could not be read as a form.
enum FormProblem: Error, Hashable {
    /// Not what its content type says: the reason, in words for the sender.
    case malformed(String)
    /// Over a limit: which one.
    case tooLarge(String)
    /// Neither `multipart/form-data` nor `application/x-www-form-urlencoded`.
    case unsupported
    /// The connection ended before the body did.
    case cutShort
    /// An upload could not be written to disk.
    case storage(String)

    /// What `body` returns; an error of the disk's as the form's.
    static func storing<Value>(_ body: () throws(StorageError) -> Value) throws(FormProblem) -> Value {
        do throws(StorageError) {
            return try body()
        } catch {
            throw .storage(error.description)
        }
    }
}
