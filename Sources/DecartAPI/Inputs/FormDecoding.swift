extension InputField {
    /// What a form's text part means in this field: the reverse of `MultipartForm`, for whoever receives one.
    ///
    /// Booleans are read as the service's own framework reads them (`true`, `True`, `1`, `on`, `yes`, …). Text that
    /// means nothing in this field stays `.bytes`, and `InputSchema.check(_:)` says what is wrong with it.
    public func value(ofFormText bytes: [UInt8]) -> InputValue {
        switch kind {
        case .text, .choice:
            return .bytes(bytes)
        case .integer, .integerOrWord:
            return Int64(String(decoding: bytes, as: UTF8.self)).map { .integer($0) } ?? .bytes(bytes)
        case .boolean:
            switch String(decoding: bytes.prefix(8), as: UTF8.self).lowercased() {
            case "true", "1", "on", "yes", "t", "y": return .boolean(true)
            case "false", "0", "off", "no", "f", "n": return .boolean(false)
            default: return .bytes(bytes)
            }
        case .trajectory:
            guard let value = try? JSONValue(parsing: bytes) else { return .bytes(bytes) }
            return .json(value)
        // A file has to come as a file: its text must not become a path on the receiver's own disk.
        case .imageFile, .videoFile, .anyFile:
            return .json(.string(String(decoding: bytes, as: UTF8.self)))
        }
    }
}
