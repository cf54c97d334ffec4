import SeededNumbers

/// Replies that a broken or hostile server could send: sound ones with a few things done to them. The same seed makes
/// the same replies.
struct ReplyMutator {
    private static let job = #"{"job_id":"job_1","status":"completed","progress":0.5}"#

    private static let sound: [String] = [
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(job.utf8.count)\r\n\r\n\(job)",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\(String(job.utf8.count, radix: 16))\r\n\(job)\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-A: b\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n\(job)",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
            + "HTTP/1.1 200 OK\r\ncontent-length: \(job.utf8.count)\r\n\r\n\(job)",
        "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-3/10\r\ncontent-length: 4\r\n\r\n0123",
        "HTTP/1.1 404 Not Found\r\ncontent-length: 20\r\n\r\n{\"detail\":\"no such\"}",
        "HTTP/1.1 429 Slow down\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 503 Unavailable\r\nretry-after: Wed, 21 Oct 2026 07:28:00 GMT\r\ncontent-length: 3\r\n\r\noff",
        "HTTP/1.1 422 Unprocessable\r\ncontent-length: 55\r\n\r\n"
            + #"{"detail":[{"loc":["body","seed"],"msg":"not a number"}]}"#,
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\u{1F}\u{8}zz",
        "HTTP/1.1 200 OK\r\ncontent-encoding: deflate\r\ntransfer-encoding: chunked\r\n\r\n3\r\nx^a\r\n0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: /v1/jobs/other\r\ncontent-length: 0\r\n\r\n",
    ]

    /// What parsers stumble over, put in anywhere.
    private static let words: [[UInt8]] =
        [
            "000", "001", "099", "100", "101", "199", "204", "304", "407", "599", "600", "999", "-1", "0", "+5", " ",
            "",
            "4294967296", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551615",
            "18446744073709551616", "99999999999999999999999999", "0x10", "1e9", "FFFFFFFFFFFFFFFF", "fffffffff",
            "\r\n",
            "\n", "\r", "\r\n\r\n", "\r\n ", "\r\n\t", ":", ";", ",", "\0", "%", "\t", "HTTP/1.1 ",
            "HTTP/1.0 200 OK\r\n",
            "HTTP/2.0 200 OK\r\n", "HTTP/1.1 000 X\r\n\r\n", "HTTP/1.1 100 X\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n",
            "content-length: 5\r\n", "Content-Length: 0\r\n", "content-length: -1\r\n",
            "transfer-encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n", "transfer-encoding: identity\r\n", "connection: upgrade\r\n",
            "upgrade: h2c\r\n", "connection: close\r\n", "content-encoding: gzip\r\n", "content-encoding: br\r\n",
            "content-range: bytes 5-2/1\r\n", "etag: W/\"\r\n", "retry-after: 99999999999999999999\r\n", "0\r\n\r\n",
            "1\r\n", "-1\r\n", "\r\n0\r\n", "{", "[[[[[[[[[[", "\"", "null", "1e999",
            #"{"job_id":"job_1","status":"failed"}"#,
            #"{"job_id":"","status":7}"#, "\\ud800", "é", "日本", "\u{FEFF}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x80, 0x80], [0x1F, 0x8B, 8, 0]]

    private var numbers: SplitMix64

    init(seed: UInt64) {
        numbers = SplitMix64(seed: seed)
    }

    /// One reply, or what has become of it.
    mutating func reply() -> [UInt8] {
        var bytes = Array((Self.sound.randomElement(using: &numbers) ?? "").utf8)
        // Half of them with one change, so that many come as far as they can.
        let changes = Bool.random(using: &numbers) ? 1 : Int.random(in: 2...4, using: &numbers)
        for _ in 0..<changes { mutate(&bytes) }
        return bytes
    }

    /// The same in the pieces it arrives in.
    mutating func pieces() -> [[UInt8]] {
        let bytes = reply()
        guard bytes.count > 1, Bool.random(using: &numbers) else { return [bytes] }
        let cut = Int.random(in: 1..<bytes.count, using: &numbers)
        return [Array(bytes[..<cut]), Array(bytes[cut...])]
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        switch Int.random(in: 0..<9, using: &numbers) {
        case 0:
            guard !bytes.isEmpty else { return }
            bytes[place(in: bytes)] = numbers.next().firstByte
        case 1:
            guard !bytes.isEmpty else { return }
            bytes[place(in: bytes)] ^= 1 << UInt8(numbers.next() & 7)
        case 2: bytes.insert(contentsOf: word(), at: end(in: bytes))
        case 3: bytes.removeSubrange(stretch(of: bytes))
        case 4: bytes.replaceSubrange(stretch(of: bytes), with: word())
        case 5:
            let copied = Array(bytes[stretch(of: bytes)])
            let times = Int.random(in: 1...20, using: &numbers)
            bytes.insert(contentsOf: repeatElement(copied, count: times).joined(), at: end(in: bytes))
        case 6: bytes.removeLast(bytes.count - end(in: bytes))
        case 7: replaceNumber(&bytes)
        default: insertLine(&bytes)
        }
    }

    /// Statuses, lengths and chunk sizes are where it hurts.
    private mutating func replaceNumber(_ bytes: inout [UInt8]) {
        let digits = bytes.indices.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[$0]) }
        guard let start = digits.randomElement(using: &numbers) else { return }
        let rest = bytes[start...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        bytes.replaceSubrange(rest.indices, with: word())
    }

    private mutating func insertLine(_ bytes: inout [UInt8]) {
        let starts = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
        guard let before = starts.randomElement(using: &numbers) else { return }
        bytes.insert(contentsOf: word(), at: before + 1)
    }

    private mutating func word() -> [UInt8] { Self.words.randomElement(using: &numbers) ?? [] }
    private mutating func place(in bytes: [UInt8]) -> Int { Int.random(in: 0..<bytes.count, using: &numbers) }
    private mutating func end(in bytes: [UInt8]) -> Int { Int.random(in: 0...bytes.count, using: &numbers) }

    private mutating func stretch(of bytes: [UInt8]) -> Range<Int> {
        let start = end(in: bytes)
        return start..<min(bytes.count, start + Int.random(in: 0...12, using: &numbers))
    }
}

extension UInt64 {
    fileprivate var firstByte: UInt8 { UInt8(truncatingIfNeeded: self) }
}
