/// A form as it arrived, its files already on disk.
struct ReceivedForm: Sendable {
    var fields: [(name: String, value: [UInt8])] = []
    var files: [Upload] = []
}

/// A form's file, and the name of its copy in the queue's folder.
struct Upload: Hashable, Sendable, Codable {
    /// The form field's name.
    var field: String
    /// As the sender called it; never used as a path.
    var senderName: String?
    /// As the sender gave it, else `application/octet-stream`.
    var type: String
    /// Bytes.
    var size: Int
    /// In the queue's folder.
    var fileName: String
}
