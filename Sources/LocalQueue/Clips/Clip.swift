/// A finished picture or clip, and the name of its file in the queue's folder.
struct Clip: Hashable, Sendable, Codable {
    var fileName: String
    /// The media type.
    var type: String
    /// Bytes.
    var size: Int
    /// CRC-32 of its bytes. Together with the size it makes the entity tag.
    var checksum: UInt32

    /// A strong validator: a job's bytes never change under it.
    var entityTag: String { "\"\(String(checksum, radix: 16))-\(String(size, radix: 16))\"" }
}
