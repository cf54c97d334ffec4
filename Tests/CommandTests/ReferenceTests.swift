import Foundation
import TestSupport
import Testing

/// What is rendered from the rows of script functions, held against what scripts really see.
struct ReferenceTests {
    private static func types(_ module: String = "decart") async throws -> LuaTypesParser {
        let command = try Command()
        #expect(try await command.run("types", "--to", "types").exitCode == 0)
        let path = "\(command.scratch.path)/types/\(module.replacing(".", with: "/")).lua"
        return try LuaTypesParser(try String(contentsOfFile: path, encoding: .utf8))
    }

    @Test(arguments: ["decart", "decart.test"])
    func `the types can be read, and speak only of types there are`(module: String) async throws {
        let types = try await Self.types(module)
        let known = LuaTypesParser.own.union(types.classes.keys)
        #expect(types.mentioned.subtracting(known) == [])
        #expect(types.classes.count > 2)
    }

    @Test func `the types are Lua that runs`() async throws {
        let command = try Command()
        #expect(try await command.run("types", "--to", "types").exitCode == 0)
        for file in ["types/decart.lua", "types/decart/test.lua"] {
            let outcome = try await command.run(file)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
    }

    @Test func `the types name what scripts see, and nothing else`() async throws {
        let types = try await Self.types()
        let script = """
            local decart = require("decart")
            local client = decart.createDecartClient()
            local seen = {}
            local function list(class, value)
              for name in pairs(value) do
                if type(name) == "string" then seen[#seen + 1] = class .. " " .. name end
              end
            end
            list("decart", decart)
            list("decart.Models", decart.models)
            list("decart.Policies", decart.policy)
            assert(decart.json.null)
            list("decart.JSON", decart.json)
            list("decart.CSV", decart.csv)
            list("decart.Hash", decart.hash)
            list("decart.FileSystem", decart.fs)
            list("decart.Client", client)
            list("decart.Queue", client.queue)
            list("decart.Files", client.files)
            list("decart.Tokens", client.tokens)
            list("decart.ClientModels", client.models)
            list("decart.Document", document)
            print(table.concat(seen, "\\n"))
            """
        let outcome = try await Command().run("--local", "-e", script)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        var seen: [String: Set<String>] = [:]
        for line in outcome.output.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            seen[words[0], default: []].insert(words[1])
        }
        for (name, members) in seen {
            // `body` and `title` are made when they are asked for.
            let described = try #require(types.classes[name]).subtracting(
                name == "decart.Document" ? ["body", "title"] : [])
            #expect(described == members, "\(name)")
        }
    }

    @Test func `objects have the methods and fields that the types name`() async throws {
        let types = try await Self.types()
        let objects = [
            ("decart.Blob", "decart.blob('x', 'a/b', 'n')"), ("decart.Task", "decart.spawn(print)"),
            ("decart.Semaphore", "decart.semaphore(1)"), ("decart.Channel", "decart.channel(1)"),
            ("decart.AbortController", "decart.abortController()"),
        ]
        for (name, maker) in objects {
            for member in try #require(types.classes[name]) {
                let outcome = try await Command().run("--local", "-e", "print((\(maker)).\(member) ~= nil)")
                #expect(outcome.output.contains("true\n"), "\(name).\(member)")
            }
        }
    }

    @Test(arguments: try Example.all())
    func `what an example uses is in the types`(example: Example) async throws {
        let types = try await Self.types()
        let roots = ["decart": "decart", "client": "decart.Client", "document": "decart.Document"]
        let parts = ["queue": "Queue", "files": "Files", "tokens": "Tokens", "models": "ClientModels"]
        for use in example.source.matches(of: #/\b(decart|client|document)((?:[.:]\w+)+)/#) {
            var owner = roots[String(use.1)]
            for member in use.2.split(whereSeparator: { $0 == "." || $0 == ":" }).map(String.init) {
                guard let name = owner, let members = types.classes[name] else { break }
                #expect(members.contains(member), "\(example.name): \(use.0)")
                owner =
                    switch (name, member) {
                    case ("decart", "models"): "decart.Models"
                    case ("decart", "json"): "decart.JSON"
                    case ("decart", "csv"): "decart.CSV"
                    case ("decart", "hash"): "decart.Hash"
                    case ("decart", "fs"): "decart.FileSystem"
                    case ("decart", "policy"): "decart.Policies"
                    case ("decart.Client", let part): parts[part].map { "decart.\($0)" }
                    default: nil
                    }
            }
        }
    }

    @Test func `the page of the reference is what the rows render`() async throws {
        let outcome = try await Command().run("help", "--markdown")
        let page = try String(contentsOfFile: "\(Example.root)/scripts/docs/reference.md", encoding: .utf8)
        #expect(
            outcome.output == page, "run: scripts/run help --markdown > scripts/docs/reference.md")
    }

    @Test(arguments: [
        ("queue.poll", "client.queue.poll(id [, options]) → JobOutcome"), ("blob:save", "blob:save(path)"),
        ("Job", "job_id"), ("decart.policy", "decart.policy.learned"), ("setTimeout", "setTimeout(fn [, ms], ...)"),
    ])
    func `help tells of a name`(name: String, line: String) async throws {
        let outcome = try await Command().run("help", name)
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains(line), "\(outcome.output)")
    }

    @Test func `a name that nothing goes by is answered with those like it`() async throws {
        let outcome = try await Command().run("help", "queue.pol")
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("did you mean client.queue.poll"), "\(outcome.errors)")
    }
}

/// A script that is shipped as an example.
struct Example: CustomTestStringConvertible, Sendable {
    var name: String
    var source: String
    var testDescription: String { name }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func all() throws -> [Example] {
        let folder = "\(root)/scripts/examples"
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".lua") }.sorted().map
        {
            Example(name: $0, source: try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8))
        }
    }
}
