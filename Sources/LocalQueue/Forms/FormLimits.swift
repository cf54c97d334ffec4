/// How large a form may be before it is refused. Files are bounded by the total alone.
struct FormLimits: Sendable {
    /// Bytes of the whole body.
    var total: Int
    /// Parts of a multipart body, or pairs of an urlencoded one.
    var parts = 64
    /// Bytes of one part's headers.
    var headers = 16 * 1024
    /// Bytes of one field that is not a file.
    var field = 1024 * 1024

    init(total: Int = 4 * 1024 * 1024 * 1024) {
        self.total = total
    }
}
