import FileWatch
import Foundation
import TestSupport
import Testing

/// Which writes are told, on a real file system. Each test ends with a write that is told, so that nothing is waited for
/// in vain.
@Suite(.timeLimit(.minutes(5)))
struct FileWatchTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func path(_ name: String) -> [UInt8] { Array(scratch.file(name).utf8) }

    private func next(_ watch: FileWatch) async -> String? {
        await nextBytes(watch).map { String(decoding: $0, as: UTF8.self).replacing(scratch.path + "/", with: "") }
    }

    /// Waits on a thread of its own, which may wait for ever if nothing is told: the test then ends at its time limit.
    private func nextBytes(_ watch: FileWatch) async -> [UInt8]? {
        let (paths, found) = AsyncStream.makeStream(of: [UInt8]?.self)
        let thread = Thread { found.yield(watch.next()) }
        thread.start()
        return await paths.first { _ in true } ?? nil
    }

    @Test func `a write to a file that was named is told, and to another is not`() async throws {
        try scratch.write("a.lua", "1")
        let watch = try FileWatch()
        try watch.add(path("a.lua"))
        try watch.add(path("later.lua"))
        try scratch.write("other.lua", "1")
        try scratch.write("a.lua", "2")
        #expect(await next(watch) == "a.lua")
        try scratch.write("later.lua", "1")
        #expect(await next(watch) == "later.lua")
    }

    @Test func `a file that takes another's place is told, as an editor saves`() async throws {
        try scratch.write("a.lua", "1")
        let watch = try FileWatch()
        try watch.add(path("a.lua"))
        try scratch.write("a.lua~", "2")
        try #require(rename(scratch.file("a.lua~"), scratch.file("a.lua")) == 0)
        #expect(await next(watch) == "a.lua")
    }

    @Test func `what a link leads to is watched too`() async throws {
        try scratch.write("deep/real.lua", "1")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("link.lua"), withDestinationPath: "deep/real.lua")
        let watch = try FileWatch()
        try watch.add(path("link.lua"))
        try scratch.write("deep/real.lua", "2")
        #expect(await next(watch)?.hasSuffix("deep/real.lua") == true)
    }

    @Test func `new files count by their names' end, and names need not be text`() async throws {
        let watch = try FileWatch(alsoNamed: "_test.lua")
        let odd = path("odd") + [0xFF, 0xFE]
        try watch.add(odd)
        try scratch.write("a.lua", "1")
        try scratch.write("a_test.lua", "1")
        #expect(await next(watch) == "a_test.lua")
        let file = try #require(fopen(odd.map { CChar(bitPattern: $0) } + [0], "w"))
        fclose(file)
        #expect(await nextBytes(watch) == odd)
    }

    @Test func `a folder that is not there is refused`() throws {
        let watch = try FileWatch()
        #expect(throws: (any Error).self) { try watch.add(path("none/a.lua")) }
    }
}
