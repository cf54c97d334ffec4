import ArgumentParser
import Foundation
import Glibc
import PlainErrors
import ScriptReference
import SystemPackage

/// `decart-lua init`: a folder to begin with.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua init",
        abstract: "Make a script, a policy and its test, with types for your editor.",
        discussion: """
            It also makes a clip to try the script on, .luarc.json for lua-language-server, and .luacheckrc. Nothing \
            that is there already is written over.
            """)

    @Argument(help: "The folder, made if need be; the present one unless given.")
    var folder = "."

    func execute() async throws {
        guard !folder.isEmpty else { throw MessageError("the folder's name is empty") }
        let files = try await StarterFiles.all().map { (path: path(of: $0.path), bytes: $0.bytes) }
        let there = files.map(\.path).filter(Self.exists)
        guard there.isEmpty else {
            throw MessageError(
                "nothing was made, since \(there.listed) \(there.count == 1 ? "is" : "are") there already; name another "
                    + "folder: decart-lua init my-videos")
        }
        for file in files {
            try Self.make(file.path, file.bytes)
            print("made \(file.path)")
        }
        let enter = folder == "." ? "" : "cd \(ShellWord.path(folder)) && "
        print("Try it: \(enter)decart-lua --local script.lua")
    }

    private func path(of name: String) -> String {
        if folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// Whether there is something of that name, be it a link that leads nowhere.
    private static func exists(_ path: String) -> Bool {
        faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0
    }

    private static func make(_ path: String, _ bytes: [UInt8]) throws {
        do {
            let parent = FilePath(path).removingLastComponent().string
            if !parent.isEmpty {
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            }
            // Never over a file that somebody has made meanwhile.
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch let error as Errno {
            throw MessageError("\(path) cannot be made: \(error)")
        } catch {
            throw MessageError("\(path) cannot be made: \(error.localizedDescription)")
        }
    }
}
