import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import TemporaryFiles

@Suite(.timeLimit(.minutes(5)))
struct TemporaryFolderTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    private func write(_ path: String) throws {
        try Data("x".utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test func `nothing is made before it is asked for`() {
        let folder = TemporaryFolder(in: scratch.path)
        #expect(scratch.names == [])
        folder.remove()
        #expect(scratch.names == [])
    }

    @Test func `it is one folder, for this user alone, and goes with all that is in it`() throws {
        let folder = TemporaryFolder(in: scratch.path)
        let path = try folder.path()
        #expect(try folder.path() == path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        let file = try folder.newPath("result")
        #expect(file.hasPrefix(path + "/result-"))
        try write(file)
        try FileManager.default.createDirectory(atPath: path + "/queue/deep", withIntermediateDirectories: true)
        try write(path + "/queue/deep/a")
        folder.remove()
        #expect(scratch.names == [])
        #expect(throws: Errno.noSuchFileOrDirectory) { try folder.path() }
    }

    @Test func `it goes with its object`() throws {
        do {
            let folder = TemporaryFolder(in: scratch.path)
            try write(try folder.newPath("a"))
            #expect(scratch.names.count == 1)
        }
        #expect(scratch.names == [])
    }

    @Test func `a folder that cannot be made says why`() throws {
        let folder = TemporaryFolder(in: scratch.file("nowhere"))
        #expect(throws: Errno.noSuchFileOrDirectory) { try folder.path() }
    }

    @Test func `a folder in use is not swept, one whose process is gone is, and nothing else`() throws {
        let living = TemporaryFolder(in: scratch.path)
        let path = try living.path()
        let left = scratch.file(TemporaryFolder.prefix + "left")
        try FileManager.default.createDirectory(atPath: left + "/queue", withIntermediateDirectories: true)
        try write(left + "/queue/clip")
        try scratch.write(TemporaryFolder.prefix + "file", "not a folder")
        try FileManager.default.createDirectory(atPath: scratch.file("mine"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file(TemporaryFolder.prefix + "link"), withDestinationPath: scratch.file("mine"))
        try write(scratch.file("mine") + "/precious")
        let other = TemporaryFolder(in: scratch.path)
        let second = try other.path()
        let own = [path, second].map { URL(fileURLWithPath: $0).lastPathComponent }
        #expect(
            Set(scratch.names)
                == Set(own + ["mine", TemporaryFolder.prefix + "file", TemporaryFolder.prefix + "link"]))
        #expect(scratch.text("mine/precious") == "x")
    }

    /// How a process can end, and whether its folder is removed then.
    @Test func `the process's folder goes when it exits`() async throws {
        let path = scratch.path
        await #expect(processExitsWith: .exitCode(3)) { [path = path as String] in
            setenv("TMPDIR", path, 1)
            _ = FileManager.default.createFile(atPath: try TemporaryFolder.process.newPath("a"), contents: nil)
            exit(3)
        }
        #expect(scratch.names == [])
    }

    @Test func `a killed process's folder stays, until the next one makes its own`() async throws {
        let path = scratch.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            setenv("TMPDIR", path, 1)
            _ = FileManager.default.createFile(atPath: try TemporaryFolder.process.newPath("a"), contents: nil)
            kill(getpid(), SIGKILL)
        }
        #expect(scratch.names.count == 1)
        let next = TemporaryFolder(in: path)
        _ = try next.path()
        #expect(scratch.names.count == 1)
        next.remove()
        #expect(scratch.names == [])
    }
}
