import DecartAPI
import DecartModule
import Glibc
import LuaVM
import SandboxLink
import SandboxedScript

/// `test` and `lab` behind walls: what the process that runs them may read, and how it finds it.
struct SandboxedCommand {
    /// The command line, after the program's name.
    var words: [[UInt8]]
    /// What is read of it, all by their names: the files themselves, and Lua that they may load.
    var files: [[UInt8]]

    /// The most files that may be named to the kernel.
    private static let limit = 4096

    /// - Parameters:
    ///   - name: of the subcommand.
    ///   - words: what follows it; with the files, each by itself.
    ///   - scripts: the files of Lua that it runs. What ends in `.lua` below their folders they may load.
    ///   - others: what else it reads.
    init(_ name: Subcommand, _ words: [String], scripts: [BytePath], others: [BytePath] = []) {
        self.words = ([name.rawValue] + words).map { CommandWord.bytes(of: $0) }
        var folders: [BytePath] = []
        for folder in scripts.map(\.folder) where !folders.contains(folder) { folders.append(folder) }
        let named = (scripts + others).filter { path in path.cString.map { access($0, R_OK) == 0 } ?? false }
        files = named.map(\.bytes)
        for folder in folders {
            files += LuaFiles.below(folder, limit: Self.limit - files.count).map(\.bytes)
        }
    }
}

/// Files of Lua in a folder and below it, without what begins with a dot, and through no symbolic link.
enum LuaFiles {
    static func below(_ root: BytePath, limit: Int) -> [BytePath] {
        var folders = [root]
        var found: [BytePath] = []
        while found.count < limit, let folder = folders.popLast() {
            guard let name = folder.cString, let stream = opendir(name) else { continue }
            defer { closedir(stream) }
            while found.count < limit, let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
                guard name.first != UInt8(ascii: ".") else { continue }
                let path = folder.appending(BytePath(bytes: name))
                switch entry.pointee.d_type {
                case UInt8(DT_DIR): folders.append(path)
                case UInt8(DT_REG) where name.suffix(4).elementsEqual(".lua".utf8): found.append(path)
                default: break
                }
            }
        }
        return found
    }

    /// What a test loads is looked for beside it first. Where it may not be read, nobody finds it there.
    static func answer(_ question: LinkedQuestion, in folder: BytePath) -> LinkedAnswer {
        let nothing = LinkedAnswer.none(reason: "", isRefusal: true)
        guard case .chunk(let path) = question, path.first != UInt8(ascii: "/") else { return nothing }
        let beside = folder.appending(BytePath(bytes: path))
        guard let name = beside.cString, let file = fopen(name, "re") else { return nothing }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { return .file(path: beside.bytes, bytes: bytes) }
            bytes += buffer[..<count]
        }
    }
}

extension SandboxedProcess {
    /// What is around each test or policy that it runs, in that folder.
    var walls: @Sendable (_ folder: BytePath) -> ScriptWalls {
        let guardian = guardian
        return { folder in
            let module = SandboxModule(guardian) { LuaFiles.answer($0, in: folder) }
            return ScriptWalls(files: GuardedFiles(guardian: guardian)) { runtime throws(LuaError) in
                try module.install(in: runtime)
            }
        }
    }
}
