internal import Foundation
internal import Synchronization

/// A PostgreSQL server of the tests' own, gone with this object or with the process, whichever way that ends.
package final class PostgresServer: Sendable {
    /// One for all tests that need no more than a database of their own.
    package static let shared = Result { try PostgresServer() }

    /// Where its socket is.
    package let folder: String
    private let input: FileHandle
    private let output: FileHandle
    private let databases = Mutex(0)

    /// - Parameter hasBouncer: whether pgbouncer, in transaction mode, is in front of it.
    package init(hasBouncer: Bool = false) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Repository.file("scripts/postgres-server"))
        process.arguments = hasBouncer ? ["--pgbouncer"] : []
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        // Its input ends with this process: no child may keep it open.
        for handle in [input.fileHandleForWriting, output.fileHandleForReading] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        try process.run()
        try input.fileHandleForReading.close()
        try output.fileHandleForWriting.close()
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
        let words = Self.line(from: self.output).split(separator: " ")
        guard words.count == 2, words[0] == "ready" else { throw Failure() }
        folder = String(words[1])
    }

    deinit { try? input.close() }

    package struct Failure: Error, CustomStringConvertible {
        package var description: String { "scripts/postgres-server could not start a server; see its message above" }
    }

    /// The address of a database.
    package func address(_ database: String = "postgres", user: String = "postgres") -> String {
        "postgres:///\(database)?host=\(folder)&user=\(user)"
    }

    /// … through pgbouncer.
    package func bouncedAddress(_ database: String) -> String {
        "postgres:///\(database)?host=\(folder)/bouncer&port=6432&user=postgres"
    }

    /// The server's socket.
    package var socket: String { "\(folder)/.s.PGSQL.5432" }

    /// A name that no other test of this process has.
    package func newName() -> String {
        databases.withLock { number in
            number += 1
            return "test_\(number)"
        }
    }

    /// Makes a database, and says its name.
    package func newDatabase() async throws -> String {
        let name = newName()
        let made = try await ChildProgram("psql").run(["-q", "-c", "create database \(name)", address()])
        guard made.exitCode == 0 else { throw Failure() }
        return name
    }

    /// Stops it at once, as a crash would, or starts it again; returns when that is done.
    package func tell(_ command: Command) throws {
        try input.write(contentsOf: Data("\(command.rawValue)\n".utf8))
        guard Self.line(from: output) == "ready" else { throw Failure() }
    }

    package enum Command: String { case stop, start, restart }

    private static func line(from handle: FileHandle) -> String {
        var line: [UInt8] = []
        while let byte = try? handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }
}
