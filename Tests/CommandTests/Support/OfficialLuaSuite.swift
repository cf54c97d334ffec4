import Foundation
import TestSupport

/// Lua's own test suite of version 5.4.4, where this machine has it.
enum OfficialLuaSuite {
    /// Its folder `testes`, from the public repository lua/lua at tag v5.4.4.
    static let folder = ProcessInfo.processInfo.environment["DECART_LUA_SUITE"]

    static var isPresent: Bool {
        folder.map { FileManager.default.fileExists(atPath: $0 + "/coroutine.lua") } ?? false
    }

    /// The files that stand for themselves. Left out are all.lua, which runs the others; heavy.lua, which fills the
    /// memory; and big.lua, which fails on its own under the system's `lua5.4` too.
    static var files: [String] {
        guard isPresent, let folder else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".lua") && !["all.lua", "heavy.lua", "big.lua"].contains($0) }.sorted()
    }

    /// Runs one of its files under the command, in a copy: some files write beside themselves.
    /// - Returns: the exit status and the end of what it wrote.
    static func run(_ file: String, portable: Bool = true) async throws -> (exitCode: Int32, end: Substring) {
        var command = try Command()
        command.environment = ["DECART_LUA_BYTECODE": "1"]
        try FileManager.default.copyItem(atPath: folder ?? "", toPath: command.scratch.file("suite"))
        let settings = portable ? "_U=true _port=true" : "_U=true"
        let outcome = try await command.runThroughShell(
            "cd suite && exec \"$1\" -e '\(settings)' \(file) >../output 2>&1")
        let output = command.scratch.bytes("output").map { String(decoding: $0, as: UTF8.self) } ?? ""
        return (outcome.exitCode, output.suffix(2000))
    }
}
