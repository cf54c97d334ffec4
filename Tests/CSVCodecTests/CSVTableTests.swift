import CSVCodec
import Testing

@Suite struct CSVTableTests {
    private func table(_ text: String) throws -> CSVTable { try CSVTable(decoding: Array(text.utf8)) }

    @Test func `the first record names the columns, and a short record leaves the last ones out`() throws {
        let table = try table("prompt,seed\n\"a, b\",1\nc\n")
        #expect(table.names == ["prompt", "seed"].map { Array($0.utf8) })
        #expect(table.records.map(\.fields) == [["a, b", "1"], ["c"]].map { $0.map { Array($0.utf8) } })
        #expect(table.records.map(\.line) == [2, 3])
    }

    @Test(arguments: [
        ("a,a\n1,2\n", 1, "named \"a\""), ("a,b\n1,2\n\n1,2,3\n", 4, "3 fields, and only 2 columns"),
    ])
    func `a table whose fields have no place of their own is refused`(text: String, line: Int, reason: String) {
        let error = #expect(throws: CSVError.self) { try table(text) }
        #expect(error?.line == line)
        #expect(error?.reason.contains(reason) == true)
    }

    @Test func `nothing is a table without columns`() throws {
        let table = try table("")
        #expect(table.names.isEmpty && table.records.isEmpty)
    }
}
