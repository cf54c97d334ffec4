import Glibc
import NIOCore
import SandboxLink
import SandboxWalls

/// Descriptors on their way to the script process. A descriptor travels with a message of its own, beside the channel that
/// carries all else: meanwhile what is to be sent is kept here.
struct DescriptorHandover {
    private let socket: Int32
    private var waiting: [(file: Int32, frame: Frame)] = []
    private var held: [ByteBuffer] = []

    init(socket: Int32) {
        self.socket = socket
    }

    var isUnderWay: Bool { !waiting.isEmpty }

    /// Keeps frames that are to be sent, where they have to wait.
    ///
    /// - Returns: false if they may be sent now.
    mutating func holds(_ frames: ByteBuffer) -> Bool {
        guard isUnderWay else { return false }
        held.append(frames)
        return true
    }

    /// - Returns: whether nothing else is under way, so that what was written before is to be waited for.
    mutating func begin(_ file: Int32, _ frame: Frame) -> Bool {
        defer { waiting.append((file, frame)) }
        return waiting.isEmpty
    }

    enum Step {
        /// There is no room for it now.
        case again
        /// It is sent, and another one waits.
        case next
        /// It is sent, and these follow.
        case done([ByteBuffer])
    }

    /// Sends what waits first; nothing written to the channel may be on its way.
    ///
    /// - Parameter isOpen: false if the other end is gone.
    mutating func attempt(isOpen: Bool) -> Step {
        guard let first = waiting.first else { return .done([]) }
        if isOpen, (try? HandedFile.send(first.frame.bytes, with: first.file, over: socket)) == false { return .again }
        close(first.file)
        waiting.removeFirst()
        guard waiting.isEmpty else { return .next }
        defer { held = [] }
        return .done(held)
    }
}
