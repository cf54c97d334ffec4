import SeededNumbers

/// Requests that are nearly right: sound ones, damaged by chance. The same for the same seed.
struct RequestMutator {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// The bytes of a request, which may be no request at all.
    mutating func next() -> [UInt8] {
        var bytes = Self.templates.randomElement(using: &random) ?? []
        // A few stay sound, so that the requests after them still meet a queue that has jobs.
        for _ in 0..<Int.random(in: 0...4, using: &random) { mutate(&bytes) }
        return bytes
    }

    /// Cuts the bytes into chunks as a network may.
    mutating func chunks(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var chunks: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...200, using: &random)
            chunks.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return chunks
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[start] = .random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(start..<end)
        case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 4: bytes.removeSubrange(start...)
        case 5:
            let other = Self.templates.randomElement(using: &random) ?? []
            bytes.replaceSubrange(start..., with: other.suffix(max(0, other.count - start)))
        default: bytes.insert(contentsOf: Self.tokens.randomElement(using: &random) ?? [], at: start)
        }
    }

    private static let tokens: [[UInt8]] =
        [
            "\r\n", "\r\n\r\n", "\n", "\r", "%", "%zz", "%00", "%C0%AF", "\0", "..", "/", "//", "?", "#", "*", ":", ";",
            "\"", "\\", "=", "&", ",", "--b", "\r\n--b\r\n", "\r\n--b--\r\n", "--b--", "Content-Length: -1\r\n",
            "Content-Length: 99999999999999999999\r\n", "Content-Length: 5, 6\r\n", "Transfer-Encoding: chunked\r\n",
            "FFFFFFFFFFFFFFFFF\r\n", "-5\r\n", "0\r\n\r\n", "Expect: 100-continue\r\n", "Range: bytes=-\r\n",
            "Range: bytes=9223372036854775807-9223372036854775807\r\n", "If-Range: \"\r\n", "If-None-Match: *\r\n",
            "X-API-KEY: \u{7F}\r\n", "Origin: null\r\n", "Access-Control-Request-Method: x\r\n", "filename*=UTF-8''%",
            "boundary=", "boundary=\"\"", "HTTP/1.1", "HTTP/9.9", "HTTP/1.0", "9223372036854775808", "-1", "1e999",
            "NaN", "\u{FEFF}", "日本語", "{\"a\":", "[[[[[[[[[[", "\\ud800", String(repeating: "a", count: 5000),
            String(repeating: "[", count: 2000),
        ].map { Array($0.utf8) } + [[0xFF, 0xFE], [0x80], [0xC3], [0xED, 0xA0, 0x80]]

    private static let templates: [[UInt8]] =
        [
            "GET /v1/jobs/job_00000000000000000000 HTTP/1.1\r\nHost: a\r\nX-API-KEY: dct_key\r\n\r\n",
            "HEAD /v1/jobs/job_1/content HTTP/1.1\r\nHost: a\r\nRange: bytes=1-5\r\nIf-Range: \"a-b\"\r\n\r\n",
            "DELETE /v1/files/file_1 HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS /v1/jobs/x HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nAccess-Control-Request-Method: POST\r\n\r\n",
            request("/v1/jobs/lucy-pro-t2v", "application/x-www-form-urlencoded", "prompt=a+b%20c&seed=5&enhance=true"),
            request("/v1/jobs/lucy-clip", "multipart/form-data; boundary=b", form),
            request("/v1/jobs/lucy-clip", "multipart/form-data; boundary=\"b\"", form, chunked: true),
            request("/v1/generate/lucy-pro-t2i", "multipart/form-data; boundary=b", form),
            request("/v1/files", "multipart/form-data; boundary=b", form.replacing("\"data\"", with: "\"file\"")),
            request(
                "/v1/client/tokens", "application/json",
                #"{"expiresIn":60,"allowedModels":["lucy-2.5"],"constraints":{"a":[1,2.5e3,null,true,"\u00e9"]}}"#),
            request("/v1/models/resolve", "application/json", #"{"model":"lucy-vton-latest"}"#, chunked: true),
        ].map { Array($0.utf8) }

    private static let form =
        "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nA sunset\r\n"
        + "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a\\\"b.mp4\"\r\n"
        + "Content-Type: video/mp4\r\n\r\n\0\u{1}binary\r\n-\r\n--b--\r\n"

    private static func request(_ path: String, _ type: String, _ body: String, chunked: Bool = false) -> String {
        let head = "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\n"
        guard chunked else { return "\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)" }
        let size = String(body.utf8.count, radix: 16)
        return "\(head)Transfer-Encoding: chunked\r\n\r\n\(size);x=y\r\n\(body)\r\n0\r\nTrailer: z\r\n\r\n"
    }
}
