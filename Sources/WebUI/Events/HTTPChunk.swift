internal import NIOCore

/// A part of a reply whose length is not known in advance (RFC 9112, section 7.1).
enum HTTPChunk {
    /// - Parameter text: not empty; that would be the end of the reply.
    static func bytes(_ text: String) -> ByteBuffer {
        ByteBuffer(string: "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }
}
