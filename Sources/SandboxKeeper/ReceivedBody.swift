import DecartAPI
import Glibc
import SandboxLink
import SystemPackage
import TemporaryFiles

/// The body of a request as it comes in over the link. Files of some size go to the keeper's own temporary folder.
final class ReceivedBody {
    private enum Target {
        case memory([UInt8])
        case file(FileDescriptor, TemporaryFile)
    }

    private let kind: LinkedRequest.Body
    private var plain: [UInt8] = []
    private let plainSize: Int
    /// The files that are still to come, the first one first.
    private var waiting: [Int]
    private var target = Target.memory([])
    private var received = 0
    private var sources: [(MultipartForm.File.Source, TemporaryFile?)] = []

    /// - Throws: for one that is too large.
    init(_ kind: LinkedRequest.Body) throws(PermissionRefusal) {
        self.kind = kind
        waiting = []
        switch kind {
        case .none: plainSize = 0
        case .json(let size):
            guard size <= LinkLoad.jsonLimit else {
                throw PermissionRefusal(
                    "Under --sandbox what the API is asked may have \(LinkLoad.jsonLimit >> 10) KiB, and this has \(size) "
                        + "bytes.")
            }
            plainSize = size
        case .bytes(let size):
            guard size <= LinkLoad.plainLimit else {
                throw PermissionRefusal(
                    "Under --sandbox the body of a request may have \(LinkLoad.plainLimit >> 20) MiB, and this one has "
                        + "\(size) bytes.")
            }
            plainSize = size
        case .form(let parts):
            plainSize = 0
            waiting = parts.compactMap { if case .file(_, _, let size) = $0.content { size } else { nil } }
            closeEmptyFiles()
        }
        plain.reserveCapacity(plainSize)
    }

    /// - Throws: for what does not fit, or cannot be kept.
    func add(_ bytes: [UInt8]) throws(PermissionRefusal) {
        switch kind {
        case .none: throw PermissionRefusal("A request without a body had one.")
        case .json, .bytes:
            guard bytes.count <= plainSize - plain.count else {
                throw PermissionRefusal("A body was longer than was said.")
            }
            plain += bytes
        case .form:
            var rest = bytes[...]
            while !rest.isEmpty {
                guard let size = waiting.first else { throw PermissionRefusal("A file was longer than was said.") }
                let piece = rest.prefix(size - received)
                try keep(piece, of: size)
                received += piece.count
                rest = rest.dropFirst(piece.count)
                if received == size { endFile(size) }
                closeEmptyFiles()
            }
        }
    }

    private func keep(_ piece: ArraySlice<UInt8>, of size: Int) throws(PermissionRefusal) {
        do {
            switch target {
            case .memory(var bytes) where size <= LinkLoad.largestInMemory:
                target = .memory([])
                bytes += piece
                target = .memory(bytes)
            case .memory:
                let path = try TemporaryFolder.process.newPath("sent")
                let file = try FileDescriptor.open(
                    FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: [.ownerRead, .ownerWrite])
                target = .file(file, TemporaryFile(owning: BytePath(path)))
                _ = try file.writeAll(piece)
            case .file(let file, _): _ = try file.writeAll(piece)
            }
        } catch {
            throw PermissionRefusal("The keeper cannot keep what is to be sent: \(error).")
        }
    }

    private func endFile(_ size: Int) {
        switch target {
        case .memory(let bytes): sources.append((.bytes(bytes), nil))
        case .file(let file, let temporary):
            try? file.close()
            sources.append((.path(temporary.path, size: size), temporary))
        }
        target = .memory([])
        waiting.removeFirst()
        received = 0
    }

    private func closeEmptyFiles() {
        while waiting.first == 0 { endFile(0) }
    }

    deinit {
        if case .file(let file, _) = target { try? file.close() }
    }

    /// All of it.
    ///
    /// - Throws: if something is missing.
    func finish() throws(PermissionRefusal) -> TransportRequest.Body {
        switch kind {
        case .none: return .none
        case .bytes, .json:
            guard plain.count == plainSize else { throw PermissionRefusal("A body was shorter than was said.") }
            guard case .json = kind else { return .bytes(plain) }
            guard let json = try? JSONValue(parsing: plain) else { throw PermissionRefusal("A body was no JSON.") }
            return .json(json)
        case .form(let parts): return .form(try form(parts))
        }
    }

    private func form(_ parts: [LinkedPart]) throws(PermissionRefusal) -> MultipartForm {
        guard waiting.isEmpty else { throw PermissionRefusal("A file was shorter than was said.") }
        var left = sources[...]
        let made = parts.map { part -> MultipartForm.Part in
            switch part.content {
            case .text(let bytes): return .init(name: part.name, content: .text(bytes))
            case .file(let name, let type, _):
                let (source, temporary) = left.popFirst() ?? (.bytes([]), nil)
                return .init(
                    name: part.name,
                    content: .file(
                        MultipartForm.File(
                            fileName: BytePath(bytes: name), contentType: type, source: source, keepAlive: temporary)))
            }
        }
        return MultipartForm(parts: made)
    }
}
