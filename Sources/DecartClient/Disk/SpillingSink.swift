import DecartAPI
import RunClock
import Synchronization
import SystemPackage
import TemporaryFiles

/// Keeps a download in memory up to a bound, beyond it in a temporary file.
final class SpillingSink: ByteSink {
    private enum Storage {
        case memory([UInt8])
        case file(WriteBehind, TemporaryFile)
    }

    private let bound: Int
    private let folder: String?
    private let clock: any RunClock
    private let storage = Mutex(Storage.memory([]))

    /// - Parameters:
    ///   - bound: bytes.
    ///   - folder: where the file is made; nil: in the process's folder for temporary files.
    init(bound: Int, folder: String?, clock: any RunClock) {
        self.bound = bound
        self.folder = folder
        self.clock = clock
    }

    var count: Int {
        storage.withLock { storage in
            switch storage {
            case .memory(let bytes): bytes.count
            case .file(let file, _): file.count
            }
        }
    }

    func write(_ bytes: [UInt8]) async throws(FileWriteError) {
        enum Step {
            case kept
            case spill([UInt8])
            case append(WriteBehind)
        }
        let step = storage.withLock { storage -> Step in
            switch storage {
            case .file(let file, _):
                return .append(file)
            case .memory(var kept):
                // Let go of the stored copy first, so that appending does not copy what is there.
                storage = .memory([])
                kept += bytes
                guard kept.count > bound else {
                    storage = .memory(kept)
                    return .kept
                }
                return .spill(kept)
            }
        }
        switch step {
        case .kept: break
        case .append(let file): try await reporting { () async throws(SystemError) in try await file.write(bytes) }
        case .spill(let all): try await spill(all)
        }
    }

    private func spill(_ bytes: [UInt8]) async throws(FileWriteError) {
        let (clock, folder) = (clock, folder)
        try await reporting { () async throws(SystemError) in
            let (file, temporary) = try await FileWork.run(on: clock) { () throws(SystemError) in
                let path = try Self.newPath(in: folder)
                let file = try OpenFile(creating: path)
                let temporary = TemporaryFile(owning: path)
                try file.setRights(0o600)
                return (file, temporary)
            }
            let opened = WriteBehind(file, clock: clock)
            storage.withLock { $0 = .file(opened, temporary) }
            try await opened.write(bytes)
        }
    }

    private static func newPath(in folder: String?) throws(SystemError) -> BytePath {
        if let folder { return BytePath(folder + "/decart-" + String(UInt64.random(in: .min ... .max), radix: 36)) }
        do throws(Errno) {
            return BytePath(try TemporaryFolder.process.newPath("result"))
        } catch {
            throw SystemError(code: error.rawValue)
        }
    }

    func takeBuffer() -> [UInt8] { openFile?.takeBuffer() ?? [] }

    func restart() async throws(FileWriteError) {
        await discard()
    }

    func finish() async throws(FileWriteError) {
        guard let file = openFile else { return }
        try await reporting { () async throws(SystemError) in try await file.finish() }
    }

    func discard() async {
        // What went wrong with bytes that nobody wants is of no interest.
        try? await openFile?.finish()
        storage.withLock { $0 = .memory([]) }
    }

    private var openFile: WriteBehind? {
        storage.withLock { storage in
            if case .file(let file, _) = storage { file } else { nil }
        }
    }

    func blob(type: String, name: BytePath?) -> Blob {
        storage.withLock { storage in
            switch storage {
            case .memory(let bytes): Blob(bytes: bytes, type: type, name: name)
            case .file(let file, let temporary):
                Blob(storage: .file(temporary, size: file.count), type: type, name: name)
            }
        }
    }

    private func reporting(_ body: () async throws(SystemError) -> Void) async throws(FileWriteError) {
        do throws(SystemError) {
            try await body()
        } catch {
            throw FileWriteError(
                path: BytePath(folder ?? TemporaryFolder.process.parent), reason: error.message, isDestination: false)
        }
    }
}
