import DecartAPI
import Foundation
import TestSupport
import Testing

/// The pages hold together, and name what is there.
struct DocumentationTests {
    @Test(arguments: Documentation.all)
    func `every link leads to a file, and to a heading in it`(path: String) throws {
        let page = try Documentation(path)
        let folder = URL(fileURLWithPath: Repository.root + "/" + path).deletingLastPathComponent()
        for link in page.links {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let target =
                parts[0].isEmpty
                ? path
                : String(
                    folder.appendingPathComponent(parts[0]).standardizedFileURL.path.dropFirst(
                        Repository.root.count + 1))
            #expect(FileManager.default.fileExists(atPath: Repository.root + "/" + target), "\(link)")
            guard parts.count == 2, target.hasSuffix(".md") else { continue }
            #expect(try Documentation(target).anchors.contains(parts[1]), "\(link)")
        }
    }

    @Test(arguments: Documentation.all)
    func `every path that a page names is there`(path: String) throws {
        for found in try Documentation(path).prose.matches(of: /`((?:Sources|Tests|scripts)\/[^`*…\s]*)`/) {
            #expect(FileManager.default.fileExists(atPath: "\(Repository.root)/\(found.1)"), "\(found.1)")
        }
    }

    @Test func `the README links to every page`() throws {
        let links = Set(try Documentation("README.md").links)
        for page in Documentation.all where page != "README.md" { #expect(links.contains(page), "\(page)") }
    }

    @Test func `every error code is explained, once, with what to do`() throws {
        let rows = try Documentation("scripts/docs/errors.md").text.split(separator: "\n")
            .filter { $0.wholeMatch(of: /\| `[A-Z_]+` \|.*/) != nil }
            .map {
                $0.split(separator: "|", omittingEmptySubsequences: false).map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
            }
        #expect(
            rows.map { $0[1].trimmingCharacters(in: ["`"]) }.sorted()
                == DecartErrorCode.allCases.map(\.rawValue).sorted())
        for row in rows { #expect(row.count == 5 && row[2].hasSuffix(".") && row[3].hasSuffix("."), "\(row)") }
    }

    @Test func `the layout has every target`() throws {
        let table = try Documentation("scripts/docs/layout.md").prose.split(separator: "\n").filter {
            $0.hasPrefix("| `")
        }
        let named = table.flatMap { row in
            row.split(separator: "|")[0].matches(of: /`([^`]+)`/).map { String($0.1) }
        }
        let folders = try FileManager.default.contentsOfDirectory(atPath: Repository.root + "/Sources")
        #expect(named.sorted() == folders.filter { !$0.hasPrefix(".") }.sorted())
    }

    @Test func `the list of examples is complete`() throws {
        let page = try Documentation("scripts/docs/examples.md")
        for name in ExampleTests.names { #expect(page.text.contains("| `\(name)` |"), "\(name)") }
    }

    @Test func `the test on the page about tests passes, and its scenario is the example`() async throws {
        let test = try #require(try Documentation("scripts/docs/testing.md").blocks("lua").first)
        let command = try Command()
        let policy = try String(
            contentsOfFile: Repository.root + "/scripts/examples/policies/seed_page_backoff.lua", encoding: .utf8)
        try command.scratch.write("seed_page_backoff.lua", policy)
        try command.scratch.write("page_test.lua", test)
        let outcome = try await command.run("test")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        let scenario = try String(
            contentsOfFile: Repository.root + "/scripts/examples/scenarios/trouble.lua", encoding: .utf8)
        #expect(try Documentation("scripts/docs/local-queue.md").blocks("lua") == [scenario])
    }

    @Test func `the script about files on the page about scripts runs`() async throws {
        let blocks = try Documentation("scripts/docs/scripts.md").blocks("lua")
        let script = try #require(blocks.first { $0.contains("decart.csv.decode") })
        let command = try Command()
        try command.scratch.write("prompts.csv", "prompt\na sunset\n\"rain, at night\"\n")
        let outcome = try await command.run("-e", script)
        #expect(outcome.output.hasPrefix("a sunset\nrain, at night\nba7816bf"), "\(outcome.everything)")
        #expect(command.scratch.text("out/logs/run.jsonl") == "{\"error\":null,\"state\":\"done\"}\n")
    }

    @Test func `the policies on the page about waiting can be used`() async throws {
        let page = try Documentation("scripts/docs/waiting.md")
        let script = try #require(page.blocks("lua").first)
        let policy = try #require(page.blocks("lua").dropFirst().first).replacing("policy = ", with: "return ")
        let command = try Command()
        try command.scratch.write("policy.lua", policy)
        try command.scratch.write(
            "lake.lua", "local decart = require('decart')\nlocal client = decart.createDecartClient()\n" + script)
        let outcome = try await command.run(
            "--local", "--virtual-time", "--policy", "policy.lua", "-e",
            "print(decart.createDecartClient().queue.submitAndPoll({ model = 'lucy-pro-t2v', prompt = 'A' }).status)",
            "lake.lua")
        #expect(outcome.exitCode == 0, "\(outcome.everything)")
        #expect(outcome.output == "completed\npending\nprocessing\ncompleted\n")
        #expect(command.scratch.names.contains("lake.mp4"))
    }
}
