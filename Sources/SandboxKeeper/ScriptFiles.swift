public import DecartAPI
import Glibc
import SandboxLink
import SandboxWalls

/// What a script process may read although it can open no file: the script, what else the command line names, and Lua
/// beside the script.
public struct ScriptFiles: Sendable {
    /// The most that one may have.
    static let limit = 8 << 20

    /// Those that are named, byte for byte as they are asked for.
    private let named: [BytePath]
    private let folder: BytePath
    private let opened: Int32

    /// - Parameters:
    ///   - script: nil: there is none, or it is standard input.
    ///   - named: other files that the command line names.
    public init(script: BytePath?, named: [BytePath]) {
        self.named = (script.map { [$0] } ?? []) + named
        folder = script?.folder ?? "."
        opened = folder.cString.map { Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) } ?? -1
    }

    /// Blocks.
    func answer(_ question: LinkedQuestion) -> LinkedAnswer {
        switch question {
        // Longer ones no system opens, and they would keep the keeper busy.
        case .chunk(let path) where path.count < 4096: chunk(BytePath(bytes: path))
        case .module(let name) where name.utf8.count < 1024: module(name)
        case .chunk, .module: .none(reason: "the name is too long", isRefusal: false)
        case .jobs, .spend, .open, .provenance: .none(reason: "that is no file", isRefusal: false)
        }
    }

    /// Whether it is one of them, by its name.
    func has(_ path: BytePath) -> Bool {
        named.contains(path) || path.bytes.suffix(4) == Array(".lua".utf8)[...] && insideFolder(path) != nil
    }

    private func chunk(_ path: BytePath) -> LinkedAnswer {
        guard let name = path.cString else { return .none(reason: "the path has a NUL in it", isRefusal: false) }
        if named.contains(path) {
            let file = Glibc.open(name, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else {
                return .none(
                    reason: "cannot open \(path): \(String(cString: strerror(errno)))", isRefusal: false)
            }
            return read(file, as: path, regularOnly: false)
        }
        guard path.bytes.suffix(4) == Array(".lua".utf8)[...], let inside = insideFolder(path) else {
            return .none(reason: "", isRefusal: true)
        }
        return beneath(inside, as: path)
            ?? .none(
                reason: "cannot open \(path): \(String(cString: strerror(errno)))",
                isRefusal: errno == ELOOP || errno == EXDEV)
    }

    /// Modules are looked for as Lua's default path does, but beside the script.
    private func module(_ name: String) -> LinkedAnswer {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    byte == 0x5F || byte == 0x2D || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                        || (0x61...0x7A).contains(byte)
                }
        }
        let stem = parts.joined(separator: "/")
        var tried = ""
        for ending in [".lua", "/init.lua"] {
            let path = folder.appending(BytePath(stem + ending))
            if isPlain, let found = beneath(Array((stem + ending).utf8), as: path) { return found }
            tried += "no file '\(path)'\n\t"
        }
        return .none(reason: String(tried.dropLast(2)), isRefusal: false)
    }

    /// The rest of a path that leads into the script's folder, as it is written.
    private func insideFolder(_ path: BytePath) -> [UInt8]? {
        let own = Self.absolute(folder)
        let whole = Self.absolute(path)
        let start = own.last == 0x2F ? own : own + [0x2F]
        guard whole.starts(with: start), whole.count > start.count else { return nil }
        return Array(whole.dropFirst(start.count))
    }

    /// Without `.` and empty parts; `..` takes away what stands before it.
    private static func absolute(_ path: BytePath) -> [UInt8] {
        var whole = path.bytes
        if whole.first != 0x2F, let current = getcwd(nil, 0) {
            whole = Array(String(cString: current).utf8) + [0x2F] + whole
            free(current)
        }
        var parts: [ArraySlice<UInt8>] = []
        for part in whole.split(separator: 0x2F) where part != [0x2E] {
            if part == [0x2E, 0x2E] { _ = parts.popLast() } else { parts.append(part) }
        }
        return [0x2F] + parts.joined(separator: [0x2F])
    }

    private func beneath(_ rest: [UInt8], as path: BytePath) -> LinkedAnswer? {
        guard opened >= 0, let file = KernelWalls.open(rest, beneath: opened) else { return nil }
        return read(file, as: path, regularOnly: true)
    }

    private func read(_ file: Int32, as path: BytePath, regularOnly: Bool) -> LinkedAnswer {
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { return .none(reason: "cannot read \(path)", isRefusal: false) }
        let kind = facts.st_mode & S_IFMT
        if kind == S_IFDIR { return .none(reason: "cannot read \(path): it is a folder", isRefusal: false) }
        if regularOnly, kind != S_IFREG { return .none(reason: "\(path) is no file", isRefusal: true) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                return .none(reason: "cannot read \(path): \(String(cString: strerror(errno)))", isRefusal: false)
            }
            if count == 0 { return .file(path: path.bytes, bytes: bytes) }
            bytes += buffer[..<count]
            guard bytes.count <= Self.limit else {
                return .none(reason: "cannot read \(path): it has more than \(Self.limit >> 20) MiB", isRefusal: false)
            }
        }
    }
}
