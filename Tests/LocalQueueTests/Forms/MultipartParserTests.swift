import Testing

@testable import LocalQueue

struct MultipartParserTests {
    private static let boundary = "XyZ"

    /// A part as it comes out: its headers' meaning and all of its bytes.
    private struct Part: Hashable {
        var part: MultipartPart
        var bytes: [UInt8]
    }

    private static func body(_ parts: [(headers: String, bytes: [UInt8])], end: String = "--XyZ--\r\n") -> [UInt8] {
        parts.flatMap { Array("--XyZ\r\n\($0.headers)\r\n\r\n".utf8) + $0.bytes + [13, 10] } + Array(end.utf8)
    }

    private static let usual = body([
        ("Content-Disposition: form-data; name=\"prompt\"", Array("A beautiful sunset".utf8)),
        ("content-disposition:form-data; name=\"seed\"\r\nContent-Type: text/plain; charset=utf-8", Array("42".utf8)),
        (
            "Content-Disposition: form-data; name=\"data\"; filename=\"a.mp4\"\r\nContent-Type: video/mp4",
            Array("\r\n--XyX\r\n--Xy\r\n-\r\r\n--".utf8) + [0, 255, 13]
        ),
        ("Content-Disposition: form-data; name=\"empty\"", []),
    ])

    private static let usualParts = [
        Part(part: MultipartPart(name: "prompt"), bytes: Array("A beautiful sunset".utf8)),
        Part(
            part: MultipartPart(name: "seed", contentType: "text/plain; charset=utf-8"), bytes: Array("42".utf8)),
        Part(
            part: MultipartPart(name: "data", fileName: "a.mp4", contentType: "video/mp4"),
            bytes: Array("\r\n--XyX\r\n--Xy\r\n-\r\r\n--".utf8) + [0, 255, 13]),
        Part(part: MultipartPart(name: "empty"), bytes: []),
    ]

    /// Feeds the chunks and collects the parts.
    private static func parse(
        _ chunks: [some Collection<UInt8>], limits: FormLimits = FormLimits()
    ) throws(FormError) -> [Part] {
        var parser = try MultipartParser(boundary: boundary, limits: limits)
        var parts: [Part] = []
        var isFinished = false
        func drain() throws(FormError) {
            while let event = try parser.next() {
                switch event {
                case .part(let part): parts.append(Part(part: part, bytes: []))
                case .bytes(let bytes):
                    #expect(!bytes.isEmpty)
                    parts[parts.count - 1].bytes += bytes
                case .partEnded: break
                case .finished: isFinished = true
                }
            }
        }
        for chunk in chunks {
            try parser.receive(chunk)
            try drain()
        }
        if !isFinished {
            parser.end()
            try drain()
        }
        return parts
    }

    @Test func `a usual form comes out part by part`() throws {
        #expect(try Self.parse([Self.usual]) == Self.usualParts)
    }

    @Test func `wherever a form is split in two, it reads the same`() throws {
        for cut in 0...Self.usual.count {
            #expect(try Self.parse([Self.usual[..<cut], Self.usual[cut...]]) == Self.usualParts)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 17])
    func `a form in chunks of any size reads the same`(size: Int) throws {
        let chunks = stride(from: 0, to: Self.usual.count, by: size).map {
            Self.usual[$0..<min($0 + size, Self.usual.count)]
        }
        #expect(try Self.parse(chunks) == Self.usualParts)
    }

    @Test func `what stands before the first and after the last boundary is ignored`() throws {
        let body = Array("preamble\r\n--Xy\r\n".utf8) + Self.usual + Array("epilogue --XyZ\r\n".utf8)
        #expect(try Self.parse([body]) == Self.usualParts)
    }

    @Test func `a form without parts is a form`() throws {
        #expect(try Self.parse([Array("--XyZ--".utf8)]).isEmpty)
    }

    @Test func `a cut form is refused wherever it was cut`() {
        for length in 0..<(Self.usual.count - 2) {
            #expect(throws: FormError.self) { try Self.parse([Self.usual[..<length]]) }
        }
    }

    @Test(arguments: [
        "no boundary at all",
        "--XyZ and then something\r\n\r\n\r\n--XyZ--",
        "--XyZ\r\nno colon here\r\n\r\nx\r\n--XyZ--",
        "--XyZ\r\n\r\nno disposition\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=\"open\r\n\r\nx\r\n--XyZ--",
    ])
    func `a body against the grammar is malformed`(text: String) {
        #expect {
            try Self.parse([Array(text.utf8)])
        } throws: { error in
            guard case FormError.malformed? = error as? FormError else { return false }
            return true
        }
    }

    @Test func `headers without an end are refused before they fill the memory`() throws {
        var parser = try MultipartParser(boundary: Self.boundary, limits: FormLimits())
        try parser.receive(Array("--XyZ\r\nX-Long: ".utf8))
        #expect(throws: FormError.tooLarge("The headers of a part are over 16384 bytes.")) {
            for _ in 0..<100 {
                try parser.receive(Array(repeating: UInt8(ascii: "a"), count: 1024))
                while try parser.next() != nil {}
            }
        }
    }

    @Test func `too many parts are refused`() {
        let body = Self.body(Array(repeating: ("Content-Disposition: form-data; name=\"a\"", []), count: 65))
        #expect(throws: FormError.tooLarge("The form has more than 64 parts.")) { try Self.parse([body]) }
    }

    @Test func `a body over the limit is refused`() {
        #expect(throws: FormError.tooLarge("The body is over 100 bytes.")) {
            try Self.parse([Self.usual], limits: FormLimits(total: 100))
        }
    }

    @Test(arguments: ["", String(repeating: "b", count: 71)])
    func `a boundary of no or too many characters is refused`(boundary: String) {
        #expect(throws: FormError.self) { try MultipartParser(boundary: boundary, limits: FormLimits()) }
    }

    @Test func `between calls the parser holds no more than a boundary of a file's bytes`() throws {
        var parser = try MultipartParser(boundary: Self.boundary, limits: FormLimits())
        try parser.receive(Array("--XyZ\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a\"\r\n\r\n".utf8))
        var count = 0
        for _ in 0..<1000 {
            try parser.receive(Array("\r\n--Xy and more of the same".utf8))
            while let event = try parser.next() {
                if case .bytes(let bytes) = event { count += bytes.count }
            }
        }
        #expect(count >= 27 * 1000 - 7)
    }
}
