import DecartAPI
import LiveDocument
import SandboxLink
import Synchronization
import SystemPackage
import TemporaryFiles

/// Pictures and videos that a script shows. What they contain is kept in files of the keeper's own, as long as something
/// shows them.
struct ShownMedia: Sendable {
    /// How many there may be at one time, and the bytes that they may have together.
    private static let countLimit = 2 * LinkedDocument.elementLimit
    private static let room = 4 << 30

    private struct Known: Sendable {
        weak var blob: MediaBlob?
    }

    private struct Coming: Sendable {
        var number: UInt32
        var linked: LinkedMedia
        var left: Int
        /// Nil: there is nowhere to keep it.
        var file: KeptFile?
    }

    private var known: [UInt32: Known] = [:]
    private var coming: Coming?
    /// No patch has shown them yet.
    private var fresh: [MediaBlob] = []
    private let taken = Room()

    /// Bytes that are taken up.
    private final class Room: Sendable {
        let bytes = Atomic(0)
    }

    /// A file, and its share of the room.
    private final class KeptFile: Sendable {
        let file: TemporaryFile
        private let open: Mutex<FileDescriptor?>
        private let size: Int
        private let room: Room

        init?(_ size: Int, _ room: Room) {
            guard room.bytes.load(ordering: .relaxed) <= ShownMedia.room - size,
                let path = try? TemporaryFolder.process.newPath("shown"),
                let descriptor = try? FileDescriptor.open(
                    FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: [.ownerRead, .ownerWrite])
            else { return nil }
            room.bytes.add(size, ordering: .relaxed)
            file = TemporaryFile(owning: BytePath(path))
            open = Mutex(descriptor)
            self.size = size
            self.room = room
        }

        func add(_ piece: [UInt8]) throws {
            _ = try open.withLock { $0 }?.writeAll(piece)
        }

        func close() {
            open.withLock { descriptor in
                try? descriptor?.close()
                descriptor = nil
            }
        }

        deinit {
            close()
            room.bytes.subtract(size, ordering: .relaxed)
        }
    }

    func blob(_ number: UInt32) throws(LinkFault) -> MediaBlob {
        guard let blob = known[number]?.blob else { throw LinkFault("a picture or a video that is not there") }
        return blob
    }

    /// - Returns: why it cannot be kept; the script knows nothing of it.
    mutating func begin(_ number: UInt32, _ linked: LinkedMedia) throws(LinkFault) -> String? {
        guard coming == nil, known[number]?.blob == nil else { throw LinkFault("a video within another one") }
        if known.count >= Self.countLimit {
            known = known.filter { $0.value.blob != nil }
            guard known.count < Self.countLimit else { throw LinkFault("too many pictures and videos") }
        }
        let isKept = linked.hasContent && linked.size > 0
        coming = Coming(
            number: number, linked: linked, left: linked.hasContent ? linked.size : 0,
            file: isKept ? KeptFile(linked.size, taken) : nil)
        guard isKept, coming?.file == nil else { return nil }
        return Self.problem(linked, "there is no room for it")
    }

    mutating func add(_ number: UInt32, _ piece: [UInt8]) throws(LinkFault) -> String? {
        guard let open = coming, open.number == number, !piece.isEmpty, piece.count <= open.left else {
            throw LinkFault("a piece of no video")
        }
        coming?.left -= piece.count
        guard let file = open.file else { return nil }
        do {
            try file.add(piece)
            return nil
        } catch {
            coming?.file = nil
            return Self.problem(open.linked, "\(error)")
        }
    }

    private static func problem(_ linked: LinkedMedia, _ reason: String) -> String {
        "\(linked.jobID.map { "the video of the job \($0)" } ?? "a picture or video") cannot be shown: \(reason)"
    }

    /// The one whose bytes are all there, and the file that it is saved as.
    mutating func finish() -> (blob: MediaBlob, fileName: [UInt8]?)? {
        guard let whole = coming, whole.left == 0 else { return nil }
        coming = nil
        let linked = whole.linked
        whole.file?.close()
        let storage: MediaBlob.Storage =
            whole.file.map { .file(path: $0.file.path.description, owner: $0) } ?? .memory([])
        let blob = MediaBlob(
            storage: storage, size: whole.file == nil && linked.hasContent ? 0 : linked.size, type: linked.type,
            name: linked.name, jobID: linked.jobID)
        known[whole.number] = Known(blob: blob)
        fresh.append(blob)
        return (blob, whole.file == nil ? nil : linked.fileName)
    }

    /// A patch has come: what nothing shows now is gone.
    mutating func arePlaced() { fresh = [] }
}
