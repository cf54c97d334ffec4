import Foundation
import TestSupport
import Testing

/// What scripts have for texts, files and digests, held against the system's own tools.
@Suite(.timeLimit(.minutes(5)))
struct DataTests {
    @Test func `json, csv, hash, env and fs do what a test of theirs says`() async throws {
        let outcome = try await Command().run(
            "test", "--timeout", "60000", Repository.root + "/Tests/CommandTests/Lua/data_test.lua")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
    }

    private static let document = #"""
        {"b":[1,2.5,-0.125,1e3,12345678901234567890,null,true,[],{}],"a":"\u00e9\ud83d\ude00\u0001\\\/\"","":{"z":{"y":[[[]]]}},"Z":""}
        """#

    /// Reads it and writes it again.
    private static let copyJSON = """
        local decart = require("decart")
        decart.fs.write("out.json", decart.json.encode(decart.json.decode(decart.fs.read("in.json")), { pretty = true }))
        """

    @Test(.enabled(if: ChildProgram.find("jq") != nil))
    func `JSON is read and written as jq does`() async throws {
        let command = try Command()
        // Numbers beyond a double's digits are each tool's own affair.
        try command.scratch.write("in.json", Self.document.replacing("12345678901234567890,", with: ""))
        try command.scratch.write("copy.lua", Self.copyJSON)
        let outcome = try await command.run("copy.lua")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        let ours = try await ChildProgram("jq", folder: command.scratch.path).run(["-S", ".", "out.json"])
        let theirs = try await ChildProgram("jq", folder: command.scratch.path).run(["-S", ".", "in.json"])
        #expect(theirs.exitCode == 0)
        #expect(ours.output == theirs.output)
    }

    @Test func `JSON is laid out as Python does`() async throws {
        let command = try Command()
        try command.scratch.write("in.json", Self.document)
        try command.scratch.write("copy.lua", Self.copyJSON)
        let outcome = try await command.run("copy.lua")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        let python = try await ChildProgram("python3", folder: command.scratch.path).run([
            "-c",
            "import json,sys; sys.stdout.write(json.dumps(json.load(open('in.json'), parse_int=lambda text: int(text) "
                + "if abs(int(text)) < 2**63 else float(text)), indent=2, sort_keys=True, ensure_ascii=False))",
        ])
        #expect(command.scratch.text("out.json") == python.output)
    }

    @Test func `CSV is read as Python reads it, and Python reads what is written`() async throws {
        let command = try Command()
        let text = "a,b,c\r\n\"x,1\",\"say \"\"hi\"\"\",\r\n\"two\nlines\", padded ,ü\n,,\r\n\"\",last,field"
        try command.scratch.write("in.csv", text)
        try command.scratch.write(
            "copy.lua",
            """
            local decart = require("decart")
            local rows = decart.csv.decode(decart.fs.read("in.csv"))
            decart.fs.write("rows.json", decart.json.encode(rows))
            decart.fs.write("out.csv", decart.csv.encode(rows))
            local named = decart.csv.decode(decart.fs.read("in.csv"), { header = true })
            decart.fs.write("named.json", decart.json.encode(named))
            """)
        let outcome = try await command.run("copy.lua")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        let python = try await ChildProgram("python3", folder: command.scratch.path).run([
            "-c",
            """
            import csv, json
            rows = list(csv.reader(open('in.csv', newline='', encoding='utf-8'), strict=True))
            named = list(csv.DictReader(open('in.csv', newline='', encoding='utf-8'), strict=True))
            again = list(csv.reader(open('out.csv', newline='', encoding='utf-8'), strict=True))
            print(rows == json.load(open('rows.json', encoding='utf-8')))
            print(named == json.load(open('named.json', encoding='utf-8')))
            print(rows == again)
            """,
        ])
        #expect(python.output == "True\nTrue\nTrue\n", "\(python.everything)")
    }

    @Test func `a digest is sha256sum's, of a string and of a Blob in a file`() async throws {
        let command = try Command()
        try command.scratch.write("bytes", bytes: (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try command.scratch.write(
            "hash.lua",
            """
            local decart = require("decart")
            local bytes = decart.fs.read("bytes")
            print(decart.hash.sha256(bytes))
            print(decart.hash.sha256(decart.blob(bytes, "x/y")))
            print(decart.hash.sha256(""))
            """)
        let outcome = try await command.run("hash.lua")
        let tool = try await ChildProgram("sha256sum", folder: command.scratch.path).run([
            "bytes", "bytes", "/dev/null",
        ])
        let digests = tool.output.split(separator: "\n").map { String($0.prefix(64)) }
        #expect(outcome.output.split(separator: "\n").map(String.init) == digests, "\(outcome.everything)")
    }

    @Test func `files are read and written while other tasks go on`() async throws {
        let command = try Command()
        try command.scratch.write(
            "files.lua",
            """
            local decart = require("decart")
            local order = {}
            local task = decart.spawn(function()
              decart.fs.write("a", ("x"):rep(1000))
              order[#order + 1] = "written"
            end)
            decart.sleep(0)
            order[#order + 1] = "went on"
            task:await()
            print(table.concat(order, ", "), #decart.fs.read("a"), decart.fs.list(".")[1])
            """)
        let outcome = try await command.run("files.lua")
        #expect(outcome.output == "went on, written\t1000\ta\n", "\(outcome.everything)")
    }

    @Test func `a full disk and a folder that is closed are named, and nothing is left behind`() async throws {
        let command = try Command()
        try command.scratch.write(
            "full.lua",
            """
            local decart = require("decart")
            local ok, e = pcall(decart.fs.write, arg[1], "x")
            print(ok, e.code, e.path == arg[1], e.cause)
            """)
        let outcome = try await command.run("full.lua", "/proc/nothing")
        #expect(outcome.output.hasPrefix("false\tFILE_ERROR\ttrue\t"), "\(outcome.everything)")
        let limited = try await command.runThroughShell(
            "ulimit -f 8; trap '' XFSZ; \"$1\" -e 'local ok, e = pcall(decart.fs.write, \"big\", (\"x\"):rep(1e6)) "
                + "print(ok, e.code, e.cause)'")
        #expect(limited.output.hasPrefix("false\tFILE_ERROR\t"), "\(limited.everything)")
        #expect(command.scratch.names == ["full.lua"])
    }
}
