import CSVCodec
import Testing

@Suite struct CSVFormatTests {
    private func fields(_ text: String) throws -> [[String]] {
        try CSVFormat.comma.decode(Array(text.utf8)).map { $0.fields.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test(
        arguments: [
            ("", []), ("a", [["a"]]), ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("a\nb\rc", [["a"], ["b"], ["c"]]),
            (",", [["", ""]]), ("a,\n,b", [["a", ""], ["", "b"]]), ("a\n\n\r\nb\n", [["a"], ["b"]]), ("\"\"\n", [[""]]),
            ("\"a,b\",\"c\nd\",\"say \"\"hi\"\"\"", [["a,b", "c\nd", "say \"hi\""]]), (" a , b ", [[" a ", " b "]]),
            ("\u{FEFF}a,b", [["a", "b"]]), ("\"\r\n\"\r\nx", [["\r\n"], ["x"]]),
        ] as [(String, [[String]])])
    func `records are read as RFC 4180 has them`(text: String, expected: [[String]]) throws {
        #expect(try fields(text) == expected)
    }

    @Test(arguments: [
        ("a\nb\"c\"\n", 2, "in the middle of a field"), ("\"a\"b", 1, "behind the closing quote"),
        ("x\n\"a\nb", 2, "never closed"), ("\"a\nb\" ,c", 2, "behind the closing quote"),
    ])
    func `what is not CSV is refused with its line`(text: String, line: Int, reason: String) {
        let error = #expect(throws: CSVError.self) { try fields(text) }
        #expect(error?.line == line)
        #expect(error?.reason.contains(reason) == true)
    }

    @Test func `a record knows the line it begins at, quoted line ends counted`() throws {
        let records = try CSVFormat.comma.decode(Array("a\n\n\"b\r\nc\",d\ne".utf8))
        #expect(records.map(\.line) == [1, 3, 5])
    }

    @Test func `whatever bytes are written are read again`() throws {
        let odd: [[[UInt8]]] = [
            [[0xFF, 0x00, 0xFE]], [[]], [[], []], [Array("\"".utf8), Array(",\r\n".utf8)], [[0xEF, 0xBB, 0xBF, 0x61]],
            [Array(" ".utf8), Array("ü".utf8)],
        ]
        let text = CSVFormat.comma.encode(odd)
        #expect(try CSVFormat.comma.decode(text).map(\.fields) == odd)
        for rows in odd.map({ [$0] }) {
            #expect(try CSVFormat.comma.decode(CSVFormat.comma.encode(rows)).map(\.fields) == rows)
        }
    }

    @Test func `only fields that need quotes have them, and each record ends with CR LF`() {
        let rows = [["a b", "c,d", "e\"f"], [""]].map { $0.map { Array($0.utf8) } }
        #expect(String(decoding: CSVFormat.comma.encode(rows), as: UTF8.self) == "a b,\"c,d\",\"e\"\"f\"\r\n\"\"\r\n")
    }

    @Test func `another separator stands for itself, and a comma then for nothing else`() throws {
        let semicolons = try #require(CSVFormat(separator: UInt8(ascii: ";")))
        #expect(try semicolons.decode(Array("a,b;c".utf8)).map(\.fields) == [[Array("a,b".utf8), Array("c".utf8)]])
        #expect(
            String(decoding: semicolons.encode([[Array("a;b".utf8), Array("c,d".utf8)]]), as: UTF8.self)
                == "\"a;b\";c,d\r\n")
    }

    @Test(arguments: ["\"", "\n", "\r"])
    func `a separator that could be something else is refused`(separator: String) throws {
        #expect(CSVFormat(separator: try #require(separator.utf8.first)) == nil)
    }
}
